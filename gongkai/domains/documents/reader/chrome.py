"""What a web page puts around a document: navigation, counters, font switches, footers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.domains.documents.reader.lines import Line

_CHROME = re.compile(
    r"(?:登\s*录[\s|丨/·]*注\s*册|注\s*册[\s|丨/·]*登\s*录|登录|注册|登录/注册|设为首页|加入收藏|无障碍|长者(?:模式|助手)|返回(?:首页|顶部|列表)|回到顶部|网站地图"
    r"|(?:打印|关闭|收藏|下载|全屏|分享|复制链接|纠错|加大|还原|减小|大|中|小)(?:本页|此页|窗口|页面)?|打印[\s|]*关闭.*|分享(?:到|至)?.{0,12}"
    r"|[【\[(（]?\s*字[体号](?:大小)?\s*[:：]?\s*(?:加?大)?[\s|]*(?:还原|中)?[\s|]*(?:减?小)?\s*[】\])）]?"
    r"|【?\s*字号?\s*[:：].{0,16}|(?:您?(?:当前)?(?:所?在)?(?:的)?位置|当前位置|您的位置)\s*[:：].*|首页\s*[>»›].*|扫一扫.{0,24}|扫码.{0,20}"
    r"|(?:访问|浏览|阅读|点击|查看)(?:次数|量|数)?\s*[:：]\s*\d*\s*次?|最近搜索|热门搜索|搜索|站内搜索|高级搜索|点击关闭.{0,16}|点击(?:展开|收起|查看).{0,40}"
    r"|上一[篇条]\s*[:：]?.*|下一[篇条]\s*[:：]?.*|相关(?:链接|阅读|新闻|文章|文档|稿件|附件)\s*[:：]?|推荐阅读|智能问答.{0,10}|主办单位\s*[:：].*|承办单位\s*[:：].*"
    r"|版权所有.*|.{0,30}ICP备.*|.{0,12}公网安备.*|网站标识码.*|关注\s*[·•].{0,20}|责任编辑\s*[:：].{0,20}|[-—\s>]{3,}|-->|.{0,20}-->|\.{3,}|信息公开目录|目录信息"
    r"|【(?:音频|文字|视频|图片|图文|数字|专家)解读】.*|【一图读懂】.*|【政策解读】.*|微信|微博|QQ空间|手机版|繁體|简体|English|EN)"
)
_SECTION = re.compile(r"政府信息公开|政务公开|信息公开|法定主动公开内容|政策文件|公示公告|通知公告|政府文件|规范性文件")
_NOTHING = frozenset({"无", "暂无"})
_SEARCHES = frozenset({"最近搜索", "热门搜索"})


def chrome_lines(lines: Sequence[Line]) -> set[int]:
    """The numbers of lines that belong to the page, not to the document."""
    found: set[int] = set()
    for index, line in enumerate(lines):
        if line.table is None and _is_chrome(lines, index, found):
            found.add(line.number)
    return found


def _is_chrome(lines: Sequence[Line], index: int, found: set[int]) -> bool:
    text = lines[index].text
    if _CHROME.fullmatch(text):
        return True
    # A section name is the page's only above the text; inside it may be a table's cell or a heading.
    if index < 8 and _SECTION.fullmatch(text) and all(line.number in found for line in lines[:index]):
        return True
    return text in _NOTHING and index > 0 and lines[index - 1].text in _SEARCHES
