"""The refusals about files, in words. Provisions are named where a law, not the house, says no."""

from __future__ import annotations

from gongkai.ground.refusal import wording

NOT_READABLE_TYPE = wording(
    "files.not_readable_type",
    what="这种文件读不出文字（识别为 {found}）。",
    todo="请改用 txt、html、docx、doc、pdf、ofd、xlsx 或 csv 格式。",
    status=422,
)
BROKEN = wording(
    "files.broken",
    what="文件已损坏或格式不完整，无法打开：{problem}。",
    todo="请用原软件打开并另存一份后重新上传。",
    status=422,
)
TOOL_MISSING = wording(
    "files.tool_missing",
    what="本机没有安装读取旧版 Word（.doc）所需的 {tool}。",
    todo="请管理员安装（Debian：apt-get install {tool}），或将文件另存为 docx 后上传。",
    status=422,
)
