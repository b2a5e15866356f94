"""What a PDF may not carry: a password, scripts, launch actions, forms with scripts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium_c

from gongkai.ground.files.refusals import ACTIVE_CONTENT, BROKEN, ENCRYPTED
from gongkai.ground.refusal import Refused

_STREAM = re.compile(rb"\bstream\r?\n.*?endstream", re.DOTALL)
_OBJECT_STREAM = re.compile(rb"/ObjStm\b.{0,400}?\bstream\r?\n", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MOST_INFLATED = 64 * 1024 * 1024
_ACTIVE = (
    (re.compile(rb"/(?:JavaScript|JS)\b"), "JavaScript"),
    (re.compile(rb"/Launch\b"), "启动外部程序"),
    (re.compile(rb"/RichMedia\b"), "嵌入的多媒体程序"),
    (re.compile(rb"/XFA\b"), "动态表单"),
    (re.compile(rb"/(?:SubmitForm|ImportData)\b"), "自动提交表单"),
)


def check_pdf(data: bytes) -> None:
    """Raise Refused for a PDF that needs a password, is broken, or does something when opened.

    A PDF that only forbids printing or changing opens without a password and is read like any other.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        scripts = pdfium_c.FPDFDoc_GetJavaScriptActionCount(document)
        pages = len(document)
        document.close()
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise Refused(ENCRYPTED) from error
        raise Refused(BROKEN, problem="PDF 结构不完整") from error
    if pages < 1:
        raise Refused(BROKEN, problem="PDF 没有页面")
    if scripts > 0:
        raise Refused(ACTIVE_CONTENT, problem="JavaScript")
    for part in _objects(data):
        for pattern, problem in _ACTIVE:
            if pattern.search(part):
                raise Refused(ACTIVE_CONTENT, problem=problem)


def _objects(data: bytes) -> Iterator[bytes]:
    """The objects outside streams, then those packed in object streams; names with their escapes resolved."""
    yield _unescaped(_STREAM.sub(b"", data))
    for found in _OBJECT_STREAM.finditer(data):
        try:
            yield _unescaped(zlib.decompressobj().decompress(data[found.end() :], _MOST_INFLATED))
        except zlib.error:
            continue


def _unescaped(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), data)


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files embedded in a PDF: (name, bytes)."""
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(document.count_attachments()):
            item = document.get_attachment(index)
            try:
                yield item.get_name(), bytes(item.get_data())
            except pypdfium2.PdfiumError:
                continue
    finally:
        document.close()
