"""Document numbers (发文字号) and index numbers (索引号): reading, normal form, damage. Requirements 6.2 and 6.5."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.ground.organs.codes import check_credit_code, check_organisation_code, is_division_code

_OPEN = r"[〔\[(（﹝【［〖{｛]"
_CLOSE = r"[〕\])）﹞】］〗}｝]"
_ORGAN_WORD = r"(?P<organ>[一-鿿〇A-Za-z]{1,30})"
_BRACKETED = re.compile(
    rf"{_ORGAN_WORD}[ ]*(?:(?P<open>{_OPEN})[ ]*)?(?P<year>(?:19[4-9]\d|20\d\d))年?[ ]*(?:(?P<close>{_CLOSE})[ ]*)?"
    r"(?P<nth>第[ ]*)?(?P<serial>\d{1,5})(?P<suffix>[ ]*号)?"
)
_ISSUERS = r"[一-鿿〇A-Za-z]{1,30}(?:[ 、][一-鿿〇]{2,30}){0,8}"
_ORDER = re.compile(
    rf"(?P<organ>(?:{_ISSUERS})?令)[ ]*[(（]?第[ ]*"
    r"(?P<serial>\d{1,5}|[一二三四五六七八九十百〇零]{1,7})[ ]*号[)）]?"
)
_ANNOUNCED = re.compile(
    rf"(?P<organ>(?:{_ISSUERS})?(?:公告|通告))[ ]*[(（〔\[]?(?P<year>(?:19[4-9]\d|20\d\d))[ ]*年[)）〕\]]?[ ]*"
    r"第[ ]*(?P<serial>\d{1,5})[ ]*号"
)
_CITED_ORDER = re.compile(_ORDER.pattern.replace(_ISSUERS, r"[一-鿿〇]{1,20}"))
_CITED_ANNOUNCED = re.compile(_ANNOUNCED.pattern.replace(_ISSUERS, r"[一-鿿〇]{1,20}"))
_ANNOUNCED_PLAIN = re.compile(rf"(?P<organ>(?:{_ISSUERS})?(?:公告|通告))[ ]*第[ ]*(?P<serial>\d{{1,5}})[ ]*号")
# What may stand before a cited number in running text without being part of its organ word.
_LEAD_WORDS = re.compile(
    r"^.*(?:根据|按照|依据|依照|参照|遵照|贯彻|落实|执行|转发|印发|下发|发布|文件|以及|详见|参见|对照|结合|即为|原文|文号|字号)"
)
_PROVINCES = "国中京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新"
_LEAD_LETTERS = re.compile(rf"^[和与及按据以由见即原](?=[{_PROVINCES}][一-鿿])")
_LONGEST = 200
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


@dataclass(frozen=True)
class DocumentNumber:
    """A document number (发文字号) in parts.

    ``form`` is ``bracket`` (organ word, year, serial), ``order`` (令第N号, no year) or ``announcement``
    (公告2019年第5号). ``damage`` names what the normal form repaired: ``bracket-lost``, ``bracket-form``,
    ``leading-zero``, ``ordinal-word``, ``suffix-lost``, ``blank``.
    """

    organ_word: str
    year: int | None
    serial: int
    form: str
    original: str
    normalised: str
    damage: tuple[str, ...] = ()

    @property
    def is_malformed(self) -> bool:
        """Whether a bracket or the final 号 is lost, as against a mere variant of writing."""
        return bool({"bracket-lost", "suffix-lost"} & set(self.damage))


@dataclass(frozen=True)
class FoundNumber:
    """A document number met in running text, with its place (start and end offsets)."""

    number: DocumentNumber
    start: int
    end: int


def parse_document_number(text: str) -> DocumentNumber | None:
    """The document number a text consists of, or None where it is anything else (free text, a mere mention)."""
    printed = text.strip()
    if len(printed) > _LONGEST:
        return None
    plain = _plain(printed)
    for reader in (_announced, _order, _bracketed):
        found = reader(plain)
        if found is not None and found[1] == (0, len(plain)):
            return _with_original(found[0], printed)
    return None


def find_document_numbers(text: str) -> list[FoundNumber]:
    """Every document number in running text, in order, with offsets into ``text``."""
    if "号" not in text:
        return []
    plain = _plain(text)
    found: list[FoundNumber] = []
    taken = -1
    for match, number in sorted(_all_matches(plain), key=lambda pair: (pair[0].start(), -pair[0].end())):
        start = match.end("organ") - len(number.organ_word)
        if match.start() < taken:
            continue
        taken = match.end()
        found.append(FoundNumber(_with_original(number, text[start : match.end()]), start, match.end()))
    return found


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral up to 9999 (一百八十七, 二〇一八) or of digits; None for anything else."""
    if text.isdecimal():
        return int(text)
    if not text or any(char not in _DIGITS and char not in "十百千" for char in text):
        return None
    if not set(text) & set("十百千"):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def _plain(text: str) -> str:
    """Half-width digits and plain blanks, the same length as the text (offsets stay true)."""
    out = []
    for char in text:
        if "０" <= char <= "９":
            out.append(chr(ord(char) - ord("０") + ord("0")))
        elif char.isspace():
            out.append(" ")
        else:
            out.append(char)
    return "".join(out)


def _with_original(number: DocumentNumber, original: str) -> DocumentNumber:
    return DocumentNumber(
        number.organ_word, number.year, number.serial, number.form, original, number.normalised, number.damage
    )


def _all_matches(plain: str) -> Iterator[tuple[re.Match[str], DocumentNumber]]:
    for pattern, build in (
        (_CITED_ANNOUNCED, _announcement_of),
        (_CITED_ORDER, _order_of),
        (_BRACKETED, _bracketed_of),
    ):
        for match in pattern.finditer(plain):
            number = build(match, is_cited=True)
            if number is not None:
                yield match, number


def _announced(plain: str) -> tuple[DocumentNumber, tuple[int, int]] | None:
    match = _ANNOUNCED.match(plain) or _ANNOUNCED_PLAIN.match(plain)
    return (_announcement_of(match), match.span()) if match else None


def _order(plain: str) -> tuple[DocumentNumber, tuple[int, int]] | None:
    match = _ORDER.match(plain)
    number = _order_of(match) if match else None
    return (number, match.span()) if match and number else None


def _bracketed(plain: str) -> tuple[DocumentNumber, tuple[int, int]] | None:
    match = _BRACKETED.match(plain)
    number = _bracketed_of(match) if match else None
    return (number, match.span()) if match and number else None


def _announcement_of(match: re.Match[str], is_cited: bool = False) -> DocumentNumber:
    organ = re.sub(r" +", " ", match["organ"].strip())
    if is_cited:
        organ = _LEAD_WORDS.sub("", organ)
    year = int(match["year"]) if "year" in match.groupdict() else None
    serial = int(match["serial"])
    normal = f"{organ}{year}年第{serial}号" if year else f"{organ}第{serial}号"
    return DocumentNumber(organ, year, serial, "announcement", match[0], normal)


def _order_of(match: re.Match[str], is_cited: bool = False) -> DocumentNumber | None:
    organ = re.sub(r" +", "", match["organ"])
    if is_cited:
        organ = _LEAD_WORDS.sub("", organ)
    serial = chinese_number(match["serial"])
    if not serial:
        return None
    damage = ("blank",) if " " in match[0] else ()
    return DocumentNumber(organ, None, serial, "order", match[0], f"{organ}第{serial}号", damage)


def _bracketed_of(match: re.Match[str], is_cited: bool = False) -> DocumentNumber | None:
    brackets = (match["open"], match["close"])
    organ = match["organ"]
    if not any(brackets) or int(match["serial"]) == 0 or (is_cited and not match["suffix"]):
        return None
    if is_cited:
        organ = _LEAD_LETTERS.sub("", _LEAD_WORDS.sub("", organ))
        if not organ:
            return None
    year, serial = int(match["year"]), int(match["serial"])
    return DocumentNumber(
        organ, year, serial, "bracket", match[0], f"{organ}〔{year}〕{serial}号", tuple(_damage(match, brackets))
    )


def _damage(match: re.Match[str], brackets: tuple[str | None, str | None]) -> Iterator[str]:
    if not all(brackets):
        yield "bracket-lost"
    if any(char and char not in "〔〕" for char in brackets):
        yield "bracket-form"
    if match["serial"].startswith("0"):
        yield "leading-zero"
    if match["nth"]:
        yield "ordinal-word"
    if not match["suffix"]:
        yield "suffix-lost"
    if " " in match[0]:
        yield "blank"


@dataclass(frozen=True)
class IndexNumber:
    """An index number (索引号) in parts.

    ``family``: ``organisation`` (9 characters, GB 11714), ``credit`` (18, GB 32100), ``division`` (GB/T 2260),
    ``letters`` (a code the platform chose), ``unit-class`` (Fujian: unit, class, year, serial) or ``six-group``
    (Ningbo: region, unit, class, group, date, serial). ``is_front_valid`` is the verdict of the check digit or code
    shape, None where the family has none. The normal form changes width and blanks only: an index number never changes.
    """

    front: str
    year: int
    month: int | None
    serial: str
    family: str
    original: str
    normalised: str
    is_front_valid: bool | None


_SLASHED = re.compile(
    r"(?P<front>[0-9A-Za-z]{2,24}(?:-[0-9A-Za-z])?)/(?P<year>(?:19|20)\d\d)(?P<month>\d\d)?-(?P<serial>\d{1,8})"
)
_UNIT_CLASS = re.compile(r"(?P<front>[A-Z]{2}\d{3,7}-\d{2,4})-(?P<year>(?:19|20)\d\d)-(?P<serial>\d{3,8})")
_SIX_GROUP = re.compile(
    r"(?P<front>[0-9A-Z]{1,12}(?:-[0-9A-Z]{1,12}){3})-(?P<year>(?:19|20)\d\d)(?P<month>\d\d)?(?:\d\d)?-(?P<serial>\d{1,8})"
)


def parse_index_number(text: str) -> IndexNumber | None:
    """The index number a text consists of, in any variant of requirements 6.2, or None."""
    if len(text) > _LONGEST:
        return None
    normal = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(str.maketrans("—–−‐\\", "----/"))
    for pattern, family in ((_SLASHED, ""), (_UNIT_CLASS, "unit-class"), (_SIX_GROUP, "six-group")):
        match = pattern.fullmatch(normal)
        if match is None:
            continue
        month = match.groupdict().get("month")
        if month and not 1 <= int(month) <= 12:
            return None
        found, is_valid = (family, None) if family else _front_family(match["front"])
        return IndexNumber(
            front=match["front"],
            year=int(match["year"]),
            month=int(month) if month else None,
            serial=match["serial"],
            family=found,
            original=text.strip(),
            normalised=normal,
            is_front_valid=is_valid,
        )
    return None


def _front_family(front: str) -> tuple[str, bool | None]:
    code = front.replace("-", "").upper()
    if len(code) == 18:
        return "credit", check_credit_code(code)
    if code.isdecimal() and len(code) in (6, 12):
        return "division", is_division_code(code)
    if "-" in front or (re.fullmatch(r"[0-9A-Z]{8}[0-9X]", front) and any(char.isdecimal() for char in front)):
        return "organisation", check_organisation_code(code)
    return "letters", None
