"""Files for tests, made here byte by byte: a PDF with Chinese text, packages, encrypted and broken ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping

import docx


def pdf(pages: Iterable[Iterable[tuple[float, float, str]]], extra: bytes = b"", *, lines: str = "") -> bytes:
    """A PDF of text pieces (x, y from below, text) in 16 point; ``extra`` in the catalogue, ``lines`` drawn."""
    contents = [_page_content(pieces, lines) for pieces in pages]
    count = len(contents)
    kids = " ".join(f"{5 + 2 * index} 0 R" for index in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
            b"/Ordering (GB1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light "
            b"/Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 "
            b"/StemV 80 >> /DW 1000 >>"
        ),
    ]
    for index, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * index} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return assembled(objects)


def _page_content(pieces: Iterable[tuple[float, float, str]], lines: str) -> bytes:
    texts = [f"BT /F1 16 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET" for x, y, text in pieces]
    return "\n".join([lines, *texts]).encode()


def assembled(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets))
    out.write(f"trailer\n<< /Size {len(offsets) + 1} /Root 1 0 R ".encode() + trailer + b" >>\n")
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password: a standard security handler whose check no password passes."""
    encrypt = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"00" * 32 + b"> /U <" + b"11" * 32 + b"> /P -4 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    return assembled(objects, encrypt + b" /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")


def packed_script_pdf() -> bytes:
    """A PDF whose script stands in a compressed object stream, its name escaped."""
    body = b"3 0 << /S /J#61vaScript /JS (app.alert\\(1\\)) >>"
    packed = zlib.compress(body)
    stream = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R /OpenAction 3 0 R >>", pages, stream + packed + b"\nendstream", page]
    return assembled(objects)


def archive(entries: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def locked_zip() -> bytes:
    """A zip whose entry says that it is encrypted (bit 0 of the flags, in both headers)."""
    data = bytearray(archive({"a.txt": b"text"}, compression=zipfile.ZIP_STORED))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + place
        flags = struct.unpack_from("<H", data, at)[0]
        struct.pack_into("<H", data, at, flags | 1)
    return bytes(data)


def word(*paragraphs: str, header: str = "", author: str = "") -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.author = author
    return saved(document)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def with_entry(package: bytes, name: str, content: bytes) -> bytes:
    """A package with one more entry, or one replaced."""
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        entries = {info.filename: old.read(info) for info in old.infolist()}
    return archive(entries | {name: content})


def locked_word() -> bytes:
    """What Word makes of a docx with a password: an OLE container with the stream EncryptedPackage."""
    return ole("EncryptedPackage")


def ole(*names: str) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def workbook(rows: Iterable[Iterable[str]], merged: str = "", name: str = "Sheet1") -> bytes:
    """A small xlsx with inline strings."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in enumerate(row)
            if text
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    merge = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return package_of_sheet(f"<sheetData>{body}</sheetData>{merge}", name)


def package_of_sheet(body: str, name: str = "Sheet1") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    ct = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    entries = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{ct}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{ct}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{doc}/officeDocument" '
        f'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{doc}"><sheets><sheet name="{name}" sheetId="1" '
        f'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" '
        f'Type="{doc}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{body}</worksheet>',
    }
    return archive({name: text.encode() for name, text in entries.items()})


def ofd(*texts: tuple[float, float, float, str]) -> bytes:
    """An OFD with one page of text objects (x, y, width, text)."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(
        f'<ofd:TextObject ID="{number}" Boundary="{x} {y} {width} 6"><ofd:TextCode X="0" Y="5">{text}</ofd:TextCode>'
        f"</ofd:TextObject>"
        for number, (x, y, width, text) in enumerate(texts, 10)
    )
    entries = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        f"</ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
        f"</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer>"
        f"</ofd:Content></ofd:Page>",
    }
    return archive({name: text.encode() for name, text in entries.items()})
