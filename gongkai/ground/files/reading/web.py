"""HTML pages: the text people see, without scripts, styles and navigation; tables as full rows."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gongkai.ground.files import media
from gongkai.ground.files.reading.grids import Cell, table
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.reading.plain import decode, tidy
from gongkai.ground.files.text import Block, StructuredText, TextWarning

_DROPPED = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, button, select, textarea, nav, footer, "
    "[role=navigation], [role=search], [hidden], [aria-hidden=true], "
    "[style*='display:none' i], [style*='display: none' i]"
)
# Class and id words of page furniture on government sites; compared with whole words only.
_CHROME = re.compile(
    r"\b(?:nav|navbar|navigation|menu|topnav|breadcrumbs?|crumbs?|footer|foot|copyright|sidebar|share|sharebox|"
    r"bdsharebuttonbox|qrcode|ewm|search|searchbox|toolbar|pagination|pager)\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_INLINE = re.compile(
    r"a|abbr|b|bd[io]|big|cite|code|del|dfn|em|font|i|img|input|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|"
    r"su[bp]|time|tt|u|var|wbr|o:p"
)
_HEADS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 4}
_FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ofd", ".wps", ".et", ".zip", ".rar")
_FEWEST_LINKS = 4
_DEEPEST = 200


def read_html(data: bytes) -> StructuredText:
    """A page: title, labels from its meta elements, blocks and warnings."""
    text, encoding, warnings = _decoded(data)
    tree = LexborHTMLParser(text)
    title, labels = _title(tree), _labels(tree)
    _drop_chrome(tree)
    page = _Page(warnings)
    if tree.body is not None:
        page.walk(tree.body, 0)
    page.flush()
    return StructuredText(
        blocks=with_headings(page.blocks),
        title=title,
        labels=labels,
        warnings=tuple(page.warnings),
        encoding=encoding,
        media_type=media.HTML,
        attachments=page.attachments(),
    )


def _decoded(data: bytes) -> tuple[str, str, list[TextWarning]]:
    declared = _CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii").lower() if declared else ""
    # Pages that say gb2312 use signs of GB18030, its superset.
    encoding = "gb18030" if name in {"gb2312", "gbk", "gb18030"} else name
    if encoding and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(encoding), encoding, []
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _title(tree: LexborHTMLParser) -> str:
    for selector, attribute in (('meta[name="ArticleTitle" i]', "content"), ("h1", ""), ("title", "")):
        node = tree.css_first(selector)
        if node is not None:
            found = tidy(_SPACE.sub(" ", (node.attributes.get(attribute) if attribute else node.text()) or ""))
            if found:
                return found
    return ""


def _labels(tree: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    """The named meta elements (政府网站发展指引, annex: SiteName, ArticleTitle, PubDate …) as printed."""
    found = []
    for node in tree.css("meta[name][content]"):
        name, content = node.attributes.get("name") or "", node.attributes.get("content") or ""
        if name.lower() not in {"viewport", "renderer", "robots", "format-detection"} and content.strip():
            found.append((name, tidy(content)))
    return tuple(found)


def _drop_chrome(tree: LexborHTMLParser) -> None:
    for node in tree.css(_DROPPED):
        node.decompose()
    for node in tree.css("div[class], div[id], ul[class], ul[id], header, section[class], p[class]"):
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if _CHROME.search(names.replace("_", " ")):
            node.decompose()
    for node in tree.css("ul, ol, div, p, dl, section, td"):
        if node.parent is not None and _is_link_list(node):
            node.decompose()


def _is_link_list(node: LexborNode) -> bool:
    """Rows of links to other pages (menus, lists of offices): four or more, and hardly a word beside them."""
    links = node.css("a[href]")
    if len(links) < _FEWEST_LINKS or any(_is_file(link.attributes.get("href") or "") for link in links):
        return False
    whole = len(_SPACE.sub("", node.text()))
    linked = sum(len(_SPACE.sub("", link.text())) for link in links)
    return whole == 0 or linked >= 0.8 * whole


def _is_file(address: str) -> bool:
    return address.lower().partition("?")[0].endswith(_FILES)


class _Page:
    """Collects blocks while the tree is walked in reading order."""

    def __init__(self, warnings: list[TextWarning]) -> None:
        self.blocks: list[Block] = []
        self.warnings = list(warnings)
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []

    def walk(self, node: LexborNode, depth: int) -> None:
        """Text joins the running paragraph; a block element ends it before and after."""
        if depth > _DEEPEST:
            self.words.append(node.text(deep=True))
            return
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                self.words.append(_SPACE.sub(" ", child.text(deep=False)))
            elif tag == "br":
                self.flush()
            elif tag in _HEADS:
                self.flush()
                self.walk(child, depth + 1)
                self.flush(_HEADS[tag])
            elif tag == "pre":
                self.preformatted(child)
            elif tag == "table":
                self.table(child, depth)
            elif _INLINE.fullmatch(tag):
                self.note_link(child, tag)
                self.walk(child, depth + 1)
            elif not tag.startswith("-"):
                self.flush()
                self.walk(child, depth + 1)
                self.flush()

    def flush(self, level: int = 0) -> None:
        """End the running paragraph."""
        text = tidy(_SPACE.sub(" ", "".join(self.words)))
        self.words = []
        if text:
            self.blocks.append(Block("heading", text=text, level=level) if level else Block("paragraph", text=text))

    def preformatted(self, node: LexborNode) -> None:
        self.flush()
        for line in node.text().splitlines():
            self.words.append(line)
            self.flush()

    def note_link(self, node: LexborNode, tag: str) -> None:
        address = node.attributes.get("href") if tag == "a" else None
        if address:
            self.links.append((tidy(_SPACE.sub(" ", node.text())), address))

    def attachments(self) -> tuple[tuple[str, str], ...]:
        """Links to files that can be read: (text, address)."""
        return tuple(link for link in self.links if _is_file(link[1]))

    def table(self, node: LexborNode, depth: int) -> None:
        """A table of data becomes one block; one that only lays out the page is walked through."""
        self.flush()
        rows = [row for row in node.css("tr") if _owner(row) == node]
        cells = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in rows]
        is_layout = bool(node.css("table table")) or max((len(row) for row in cells), default=0) < 2
        if is_layout:
            for row in cells:
                for cell in row:
                    self.walk(cell, depth + 1)
                    self.flush()
            return
        caption = node.css_first("caption")
        grid = [[_cell(cell) for cell in row] for row in cells]
        block, warnings = table(
            grid, tidy(_SPACE.sub(" ", caption.text())) if caption else "", place=f"第{len(self.blocks) + 1}段表格"
        )
        if block is not None:
            self.blocks.append(block)
            self.warnings.extend(warnings)
            for link in node.css("a[href]"):
                self.note_link(link, "a")


def _owner(row: LexborNode) -> LexborNode | None:
    """The table a row belongs to."""
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above


def _cell(node: LexborNode) -> Cell:
    part = _Page([])
    part.walk(node, 0)
    part.flush()
    text = "\n".join(line for block in part.blocks for line in block.lines())
    is_head = node.tag == "th" or (node.parent is not None and _in_head(node.parent))
    return Cell(text, _span(node, "colspan"), _span(node, "rowspan"), is_head)


def _in_head(row: LexborNode) -> bool:
    return row.parent is not None and row.parent.tag == "thead"


def _span(node: LexborNode, name: str) -> int:
    value = (node.attributes.get(name) or "").strip()
    return int(value) if value.isdecimal() and len(value) < 7 else 1
