"""Every string a file carries, also those its text does not show: headers, comments, properties, names inside."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from selectolax.lexbor import LexborHTMLParser

from gongkai.ground.files import media
from gongkai.ground.files.reading.paged import open_pdf, page_texts
from gongkai.ground.files.reading.plain import decode
from gongkai.ground.files.reading.sheets import read_workbook
from gongkai.ground.files.reading.word import read_doc
from gongkai.ground.files.refusals import BROKEN
from gongkai.ground.refusal import Refused

Strings = Iterator[tuple[str, list[str]]]

# Elements whose pieces of text are one printed line: Word and drawing paragraphs, shared strings, OFD text objects.
_LINES = frozenset({"p", "si", "is", "TextObject", "h"})
_PARTS = (".xml", ".rels", ".vml")
_PARSER: dict[str, Any] = {"resolve_entities": False, "no_network": True, "recover": True, "huge_tree": False}


def strings(data: bytes, kind: str) -> Strings:
    """(place, lines) for each part of a file in which a mark can stand. ``kind`` is the sniffed media type."""
    if kind in {media.DOCX, media.XLSX, media.PPTX, media.OFD}:
        yield from _package(data)
    elif kind == media.PDF:
        yield from _pdf(data)
    elif kind in {media.TEXT, media.CSV, media.HTML, media.SVG}:
        text = decode(data)[0]
        yield "正文", text.splitlines()
        if kind == media.HTML:
            yield "正文", LexborHTMLParser(text).text(separator="\n").splitlines()
    else:
        if kind == media.DOC:
            yield "正文", list(read_doc(data).lines())
        elif kind == media.XLS:
            yield "正文", [cell for line in read_workbook(data).lines() for cell in line.split("\t")]
        yield "原始内容", list(_raw(data))


def entry_name(info: zipfile.ZipInfo) -> str:
    """The name of a zip entry; names without the UTF-8 flag from Chinese systems are GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _package(data: bytes) -> Strings:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.filename.endswith(_PARTS):
                    yield info.filename, list(_xml(archive.read(info)))
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused(BROKEN, problem="压缩结构不完整") from error


def _xml(content: bytes) -> Iterator[str]:
    try:
        root = etree.fromstring(content, etree.XMLParser(**_PARSER))
    except etree.XMLSyntaxError:
        return
    if root is None:
        return
    for element in root.iter(etree.Element):
        if etree.QName(element).localname in _LINES:
            yield "".join(element.itertext())
        elif not len(element) and element.text:
            yield element.text
        for value in element.attrib.values():
            # Sheet names, document titles, text of word art: attributes that hold Han signs.
            if any("\u3400" <= sign <= "\u9fff" for sign in str(value)):
                yield str(value)


def _pdf(data: bytes) -> Strings:
    for number, text in enumerate(page_texts(data), 1):
        yield f"第{number}页", text.splitlines()
    document = open_pdf(data)
    try:
        yield "文件属性", [value for value in document.get_metadata_dict().values() if value]
        yield "书签", [item.get_title() for item in document.get_toc()]
        yield "附件名", [document.get_attachment(index).get_name() for index in range(document.count_attachments())]
    finally:
        document.close()


def _raw(data: bytes) -> Iterator[str]:
    """Marks with the star in any common encoding; all that can be told of a file whose format is not parsed."""
    for mark in ("绝密★", "机密★", "秘密★", "工作秘密★", "内部★"):
        if any(mark.encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")):
            yield mark
