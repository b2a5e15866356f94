"""Whether a printed name is that of an organ, and the organs that a title names. No register is asked here."""

from __future__ import annotations

import re

from gongkai.domains.documents.reader.lines import joined_han

_SUFFIX = re.compile(
    r"(?:人民政府|政府|国务院|办公厅|办公室|委员会|管委会|行委|工委|党委|总局|管理局|分局|[^部结布格局]局|厅|[省市区县州盟旗国]委|委"
    r"|[^全各内外下上一本]部|署|街道办事处|办事处|指挥部|领导小组|联席会议|中心|法院|检察院|总队|支队|大队|管理处|管理所|事务所|监察所"
    r"|总工会|联合会|协会|研究院|研究所|档案馆|图书馆|博物馆|银行|支行|公司|大学|学院|学校|医院|社|办)(?:[（(][^（）()]{2,40}[）)])?$"
)
_SITE = re.compile(
    r"(?:网|网站|门户|门户网站|专题|专栏|频道|栏目|栏|平台|公众号|客户端|日报|晚报|微信|微博)$|网站|门户"
)
_NAME = re.compile(r"[一-鿿〇（）()·—\-]{3,45}")
_SENTENCE = re.compile(
    r"应当|以及|进行|工作的|负责|按照|根据|通过|加强|不断|各有关|各相关|相关部门|有关部门|^各|^本|^该|^其|的$"
)
_NOTE = re.compile(r"[（(][^（）()]*(?:发布|转载|供稿|提供|解读|门户|网站?|公众号|政府令)[^（）()]*[）)]$")
# An organ that can be told apart: of a place, of the state, or a ministry; not an office inside some organ.
_PLACED = re.compile(
    r"^(?:国务院|国家|全国|中国|中华|中共|[省市区县州旗盟镇乡].{2,}|.{1,12}(?:省|市|区|县|州|旗|盟|镇|乡|街道|自治区))"
    r"|^.{1,12}(?<!宣传)(?<!组织)(?<!统战)(?<!武装)部$"
)
_PRESS = re.compile(r"新华社|中新社|通讯社|报社|杂志社|出版社|广播|电视|传媒|融媒体|新闻")
_MASK = re.compile(r"[*＊×]|[（(]\s*略\s*[）)]")


def looks_like_organ(name: str) -> bool:
    """Whether a text reads as one organ's name: its last word is that of an organ, and it is no sentence."""
    plain = joined_han(name)
    if not _NAME.fullmatch(plain) or _SENTENCE.search(plain) or is_site_name(plain):
        return False
    return _SUFFIX.search(plain) is not None


def is_site_name(name: str) -> bool:
    """Whether a name is that of a website, a column or a topic page rather than of an organ."""
    return _SITE.search(joined_han(name)) is not None


def without_note(name: str) -> str:
    """A printed organ without the note in brackets that says where its text was put (…门户发布)."""
    return _NOTE.sub("", name.strip())


def organ_of_source(printed: str) -> str | None:
    """The organ that a page names as its source (来源); None for sites, the press and offices without a place."""
    name = re.sub(r"^本(?:网|站)(?:讯)?\s*[:：]?\s*", "", without_note(printed))
    first = next(iter(organs_in(name) or organs_in(re.split(r"[\s、,，;；]", name, maxsplit=1)[0])), "")
    return first if first and _PLACED.search(first) and not _PRESS.search(first) else None


def is_masked(name: str) -> bool:
    """Whether parts of a name were struck out."""
    return _MASK.search(name) is not None


def organs_in(text: str) -> list[str]:
    """The organs that a line lists, set apart by blanks or 、; empty where any part is something else."""
    text = text.strip()
    letters = text.split()
    if len(letters) > 2 and all(len(part) == 1 for part in letters):
        text = "".join(letters)
    parts = [part for part in re.split(r"[\s、,，;；]+", text) if part]
    if parts and all(looks_like_organ(part) for part in parts):
        return parts
    return [joined_han(text)] if looks_like_organ(text) else []


def organs_of_title(title: str) -> list[str]:
    """The organs before 关于 in a title; empty where it names none in clear."""
    before, about, _ = title.partition("关于")
    if not about or is_masked(before):
        return []
    return organs_in(re.sub(r"^[（(【\[][^）)】\]]{1,8}[）)】\]]", "", before.strip()))
