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
EMPTY = wording(
    "files.empty", what="文件是空的（0 字节）。", todo="请检查文件是否保存或传输完整后重新上传。", status=422
)
TOO_LARGE = wording(
    "files.too_large",
    what="文件超过 {limit} MB 的上限。",
    todo="请压缩图片或拆分为几个文件后上传；确需更大的，请管理员调整上传上限。",
    status=422,
)
INCOMPLETE = wording(
    "files.incomplete",
    what="一次上传的文件合计超过 {limit} MB，这个文件没有收全。",
    todo="请分几次上传。",
    status=422,
)
BAD_NAME = wording(
    "files.bad_name", what="文件名不合规定：{problem}。", todo="请改用不含路径和特殊符号的文件名后上传。", status=422
)
WRONG_TYPE = wording(
    "files.wrong_type",
    what="文件内容与扩展名不符：扩展名为“{ending}”，内容识别为 {found}。",
    todo="请用原软件另存为正确的格式，不要只修改扩展名。",
    status=422,
)
TYPE_NOT_ALLOWED = wording(
    "files.type_not_allowed",
    what="不接受这种类型的文件（{found}）。",
    todo="可上传：txt、csv、html、docx、doc、xlsx、xls、pptx、pdf、ofd、png、jpg、zip。",
    status=422,
)
ENCRYPTED = wording(
    "files.encrypted",
    what="文件设有密码或已加密，无法检查内容。",
    todo="请去除密码后重新上传；不得以加密方式上传涉密内容。",
    status=422,
)
BOMB = wording(
    "files.bomb",
    what="压缩内容异常：{problem}。",
    todo="请解压后分别上传需要公开的文件。",
    status=422,
)
UNSAFE_PATH = wording(
    "files.unsafe_path",
    what="压缩包内的文件名含有越界路径。",
    todo="请重新打包，包内只保留普通的相对路径。",
    status=422,
)
NESTED = wording(
    "files.nested", what="压缩包内还有压缩包。", todo="请解压内层压缩包，只保留一层后重新上传。", status=422
)
MACROS = wording(
    "files.macros",
    what="文件含有宏或可执行的控件。",
    todo="请另存为不含宏的格式（docx、xlsx、pptx）后上传。",
    status=422,
)
ACTIVE_CONTENT = wording(
    "files.active_content",
    what="文件含有会自动运行的内容（{problem}）。",
    todo="请重新导出不含脚本和自动动作的文件后上传。",
    status=422,
)
INFECTED = wording(
    "files.infected",
    what="病毒扫描发现问题（{problem}），文件没有保存。",
    todo="请对所用计算机查杀病毒，并告知本单位安全管理员。",
    status=422,
)
UNSCANNED = wording(
    "files.unscanned",
    what="病毒扫描服务没有响应，文件未经扫描，没有保存。",
    todo="请稍后重试；仍不成功的，请系统管理员检查 ClamAV 服务。",
    status=409,
)
# Carries nothing of the file: no text, no title, no name (保守国家秘密法 Articles 31, 57).
CLASSIFICATION_MARK = wording(
    "files.classification_mark",
    what="上传内容疑似带有国家秘密或工作秘密标志，已拒收。平台没有保存文件、文字和文件名，只记录了拒收这一事实。",
    todo="本平台是非涉密系统。请立即停止在联网计算机上处理该文件，交本单位保密工作机构按涉密载体规定线下办理；"
    "经保密审查确认不涉密的，去除标志后再上传。",
    status=422,
)
MISSING = wording(
    "files.missing",
    what="文件不在存储中。",
    todo="请系统管理员运行 gongkai register verify 并从备份恢复该文件。",
    status=409,
)
DAMAGED = wording(
    "files.damaged",
    what="存储中的文件与登记的校验值不符，已停止提供。",
    todo="请系统管理员运行 gongkai register verify 并从备份恢复该文件。",
    status=409,
)
DESTROYED = wording(
    "files.destroyed", what="文件已按规定清除。", todo="文件内容不可恢复；如需公开，请重新上传并审查。", status=409
)
KEY_MISSING = wording(
    "files.key_missing",
    what="缺少解密所需的密钥（{key_id}）。",
    todo="请系统管理员从密钥备份恢复密钥文件夹。",
    status=409,
)
