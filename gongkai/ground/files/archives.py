"""Zip files and what is built on them: bombs, paths that lead outside, encryption, macros, remote templates."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from gongkai.ground.files import media
from gongkai.ground.files.refusals import ACTIVE_CONTENT, BOMB, BROKEN, ENCRYPTED, MACROS, UNSAFE_PATH
from gongkai.ground.files.strings import entry_name
from gongkai.ground.refusal import Refused

_MIB = 1024 * 1024
_MOST_ENTRIES = 5_000
_MOST_BYTES = 400 * _MIB
# A text of one repeated sign shrinks a thousandfold; real XML stays below two hundred.
_MOST_RATIO = 200
_RATIO_FROM = 5 * _MIB
_DAMAGED = (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error)
_MACRO_PARTS = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX\d*\.(bin|xml))$|(^|/)(activeX|macrosheets)/", re.IGNORECASE
)
_MACRO_TYPES = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject", re.IGNORECASE)
_REMOTE = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode=[\"']External)(?=[^>]*Type=[\"'][^\"']*/(?:attachedTemplate|oleObject|frame|"
    rb"subDocument)[\"'])[^>]*>",
    re.IGNORECASE,
)


def check_archive(data: bytes) -> None:
    """Raise Refused when a zip may not be opened: too much in it, paths outside, encrypted or damaged entries."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _DAMAGED as error:
        raise Refused(BROKEN, problem="压缩结构不完整") from error
    if len(entries) > _MOST_ENTRIES:
        raise Refused(BOMB, problem=f"包内文件超过 {_MOST_ENTRIES} 个")
    if sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise Refused(BOMB, problem=f"解压后超过 {_MOST_BYTES // _MIB} MB")
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # orig_filename keeps what stands behind a NUL sign, where zipfile cuts the name.
    name = entry.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name) or _has_control(name):
        raise Refused(UNSAFE_PATH)
    # Symbolic links lead outside as well (upper half of the external attributes is the Unix mode).
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        raise Refused(UNSAFE_PATH)
    if entry.flag_bits & 0x1:
        raise Refused(ENCRYPTED)
    if entry.file_size > _RATIO_FROM and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
        raise Refused(BOMB, problem="压缩比异常，可能是压缩炸弹")


def _has_control(name: str) -> bool:
    return any(ord(sign) < 32 or ord(sign) == 127 for sign in name)


def check_office(data: bytes) -> None:
    """Raise Refused when an Office package holds macros, controls or templates fetched from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if _MACRO_PARTS.search(name):
                    raise Refused(MACROS)
                if name.endswith(".rels") and _REMOTE.search(archive.read(name)):
                    raise Refused(ACTIVE_CONTENT, problem="引用外部模板或对象")
            if _MACRO_TYPES.search(archive.read("[Content_Types].xml")):
                raise Refused(MACROS)
    except KeyError as error:
        raise Refused(BROKEN, problem="缺少内容类型说明") from error
    except _DAMAGED as error:
        raise Refused(BROKEN, problem="压缩结构不完整") from error


def check_ole(data: bytes) -> None:
    """Raise Refused for old Office files that are encrypted or hold macros, by the names in their directory."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in data or "Macros".encode("utf-16-le") in data:
        raise Refused(MACROS)
    if media.sniff(data) == media.DOC and _is_word_encrypted(data):
        raise Refused(ENCRYPTED)


def _is_word_encrypted(data: bytes) -> bool:
    """The fEncrypted flag of the file information block ([MS-DOC] 2.5.2), which starts with 0xA5EC."""
    start = data.find(b"\xec\xa5", 512)
    return start >= 0 and len(data) > start + 12 and bool(data[start + 11] & 0x01)


def embedded(data: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """The files inside: every entry of a zip, the embedded objects of an Office package. (name, bytes)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = entry_name(entry)
                if not entry.is_dir() and (kind == media.ZIP or "/embeddings/" in name):
                    yield name, archive.read(entry)
    except _DAMAGED as error:
        raise Refused(BROKEN, problem="压缩包内的文件无法解开") from error
