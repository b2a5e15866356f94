"""What a web page puts around a document: navigation, counters, font switches, footers.

Looked for above the first and below the last full sentence only; between them everything is the document's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.domains.documents.reader.labels import is_label_line
from gongkai.domains.documents.reader.lines import Line

_NAVIGATION = re.compile(
    r"登\s*录(?:[\s|丨/·]*注\s*册)?|注\s*册(?:[\s|丨/·]*登\s*录)?|设为首页|加入收藏|无障碍.{0,4}|长者(?:模式|助手)|网站地图|听全文|政策解读"
    r"|(?:您?(?:当前)?(?:所?在)?(?:的)?位置|当前位置|您的位置)\s*[:：].*|首页\s*[>»›].*|(?:站内|高级)?搜索|(?:最近|热门)搜索"
    r"|(?:URL|网址|原文(?:链接|地址)?|链接)?\s*[:：]?\s*https?://\S+(?:\s.{0,60})?|信息公开目录|目录信息|基本信息|点击(?:展开|收起|查看|关闭).{0,60}|关注\s*[·•].{0,20}|English|EN|繁體|简体"
    r"|【(?:音频|文字|视频|图片|图文|数字|专家|媒体|政策)解读】.*|【一图读懂】.*"
)
_COUNTERS = re.compile(
    r"(?:访问|浏览|阅读|点击|查看)(?:次数|量|数)?\s*[:：]\s*[\d\-]*\s*次?|[\d\-]*次"
    r"|[【\[(（]?\s*(?:浏览)?字\s*[体号]?(?:大小)?\s*[:：]?\s*(?:加?大)?[\s|]*(?:还原|中)?[\s|]*(?:减?小)?\s*[】\])）]?|【?\s*字号?\s*[:：].{0,16}"
    r"|(?:加大|还原|减小|大|中|小)|(?:A[+-]?\s*[大中小]\s*)+"
)
_FOOTER = re.compile(
    r"扫一扫.{0,24}|扫码.{0,20}|回到(?:顶部)?|返回(?:首页|顶部|列表).*|(?:打印|关闭)(?:本页|此页|窗口|页面)?(?:[\s|]*(?:关闭|打印).{0,6})?"
    r"|(?:【(?:返回顶部|关闭窗口|打印本页|打印|关闭)】)+|(?:收藏|下载|全屏|复制链接|纠错)(?:本页|此页)?|分享(?:到|至)?\s*[:：]?.{0,12}|手机版|智能问答.{0,10}|推荐阅读"
    r"|[上下]一[篇条]\s*[:：]?.*|相关(?:链接|报道|阅读|新闻|文章|文档|稿件|附件|文件下载)\s*[:：]?"
    r"|(?:主办|承办)单位\s*[:：].*|版权所有.*|.{0,30}ICP备.*|.{0,12}公网安备.*|网站标识码.*|责任编辑\s*[:：].{0,20}"
    r"|(?:最近|热门)搜索|微信|微博|QQ空间"
)
# Marks, arrows and the end of a comment that a page's source left behind.
_NO_WORDS = re.compile(r"[^\w一-鿿*＊×]+|.{0,30}-->")
_SECTION = re.compile(r"政府信息公开|政务公开|信息公开|法定主动公开内容|政策文件|公示公告|通知公告|政府文件|规范性文件")
_SHORT = 40
_PAUSE = re.compile("[，,。；;]")


def chrome_lines(lines: Sequence[Line]) -> set[int]:
    """The numbers of lines that belong to the page, not to the document."""
    full = [index for index, line in enumerate(lines) if _is_text(line)]
    first, last = (full[0], full[-1]) if full else (len(lines), len(lines))
    found: set[int] = set()
    for index, line in enumerate(lines[:first]):
        if _is_navigation(line) or (_SECTION.fullmatch(line.text) and len(found) == index):
            found.add(line.number)
    is_footer = False
    for line in lines[last + 1 :]:
        is_footer = is_footer or (line.table is None and _FOOTER.fullmatch(line.text) is not None)
        if is_footer or _is_navigation(line):
            found.add(line.number)
    return found


def _is_text(line: Line) -> bool:
    """Whether a line is a table or a full sentence that no pattern knows."""
    if line.table is not None:
        return True
    is_sentence = line.text.endswith(("。", "；")) or (len(line.text) >= _SHORT and _PAUSE.search(line.text))
    return bool(is_sentence) and not is_label_line(line.text) and not _is_navigation(line)


def _is_navigation(line: Line) -> bool:
    if line.table is not None:
        return False
    return any(pattern.fullmatch(line.text) for pattern in (_NAVIGATION, _COUNTERS, _FOOTER, _NO_WORDS))
