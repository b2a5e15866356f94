"""Personal data in a text that is to become public: numbers by their structure, the rest by the words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gongkai.engine.checks.kinds import BLOCK, WARN, Checked, Hit, Span, check
from gongkai.engine.checks.masking import shown
from gongkai.engine.checks.numbers import is_bank_card, is_birth_day, is_division, is_identity_number

_SENSITIVE = "《个人信息保护法》第二十五条、第二十八条；《政府信息公开条例》第十五条"
_PERSONAL = "《个人信息保护法》第二十五条；《政府信息公开条例》第十五条"

# A number of 18 or 15 digits, also written in groups (330782 19900307 1234).
_IDENTITY_18 = re.compile(r"(?<![0-9A-Za-z*])\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![0-9A-Za-z*])")
_IDENTITY_15 = re.compile(r"(?<![0-9A-Za-z*.])\d{15}(?![0-9A-Za-z*.])")
_HALF_MASKED = re.compile(r"(?<![0-9A-Za-z])\d{6,14}[*＊xX×]{2,10}\d{3}[\dXx](?![0-9A-Za-z])")
_IDENTITY_WORD = re.compile(r"身份证|公民身份|身份号|证件号|居民证")
_MOBILE = re.compile(r"(?<![\d.*A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d*A-Za-z])")
_LANDLINE = re.compile(r"(?<![\d.*-])(?:0\d{2,3}[-—－– ]|[(（]0\d{2,3}[)）] ?)\d{7,8}(?:[-—转]\d{1,5})?(?![\d*])")
_CARD = re.compile(r"(?<![0-9A-Za-z*])(?:\d{16,19}|\d{4}(?: \d{4}){3}(?: \d{1,3})?)(?![0-9A-Za-z*])")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}", re.ASCII)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z][·•. ]?(?=[A-HJ-NP-Z]{{0,4}}\d)"
    r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![A-Za-z0-9-])"
)
_PASSPORT = re.compile(r"护照(?:号码?|编号|证件号)?(?:为|是)?[:： ]{0,3}(?P<value>[A-Z]{1,2}\d{7,8})(?![0-9A-Za-z])")
_BIRTH = re.compile(
    r"(?:出生(?:日期|年月日?)?|生日)[为是:： ]{0,3}"
    r"(?P<value>(?:19|20)\d\d(?:年|[-./])\d{1,2}(?:(?:月|[-./])\d{1,2}日?)?)"
)
_ADDRESS = re.compile(
    r"(?:家庭住址|家庭地址|户籍地址|户籍住址|现住址|身份证地址)[:：]\s*(?P<value>[^，。；\s]{6,60}?\d+(?:号|室|幢|弄|组)[^，。；\s]{0,20})"
)


@check("identity-number", severity=BLOCK, basis=_SENSITIVE)
def identity_numbers(subject: Checked) -> Iterator[Hit]:
    """Identity numbers (公民身份号码, GB 11643) of 18 and 15 digits, whole or masked too little."""
    for span, text in subject.long_figures:
        yield from _whole_identities(span, text)
        yield from _old_identities(span, text)
        for found in _HALF_MASKED.finditer(text):
            if is_division(found.group()[:6]):
                yield _hit("identity-number", span, found.span(), "末四位仍可识别个人，请一并遮盖。", WARN)


def _whole_identities(span: Span, text: str) -> Iterator[Hit]:
    for found in _IDENTITY_18.finditer(text):
        digits = re.sub(r"[ -]", "", found.group())
        if not (is_division(digits[:6]) and is_birth_day(digits[6:14])):
            continue
        if is_identity_number(digits):
            yield _hit("identity-number", span, found.span(), "请遮盖（一键脱敏）或删去。", value=digits.upper())
        elif _has_word_before(text, found.start()):
            told = "校验位不符，可能是录错的身份证号码；仍请遮盖。"
            yield _hit("identity-number", span, found.span(), told, value=digits.upper())


def _old_identities(span: Span, text: str) -> Iterator[Hit]:
    for found in _IDENTITY_15.finditer(text):
        digits = found.group()
        if is_division(digits[:6]) and is_birth_day(f"19{digits[6:12]}"):
            # Fifteen digits carry no check digit: without the word beside them they may be an order number.
            severity = BLOCK if _has_word_before(text, found.start()) else WARN
            yield _hit("identity-number", span, found.span(), "疑为15位身份证号码，请遮盖或删去。", severity)


def _has_word_before(text: str, start: int) -> bool:
    return bool(_IDENTITY_WORD.search(text, max(0, start - 30), start))


@check("bank-card", severity=BLOCK, basis=_SENSITIVE)
def bank_cards(subject: Checked) -> Iterator[Hit]:
    """Bank card numbers: length, issuer's first digits and Luhn."""
    for span, found in _matches(subject.long_figures, _CARD):
        digits = found.group().replace(" ", "")
        if is_bank_card(digits) and not is_identity_number(digits):
            yield _hit("bank-card", span, found.span(), "请遮盖或删去银行卡号。", value=digits)


@check("passport", severity=BLOCK, basis=_SENSITIVE)
def passports(subject: Checked) -> Iterator[Hit]:
    """Passport numbers, where the word stands before them."""
    for span, found in _matches(_worded(subject, "护照"), _PASSPORT):
        yield _hit("passport", span, found.span("value"), "请遮盖或删去护照号码。")


@check("mobile", severity=WARN, basis=_PERSONAL)
def mobiles(subject: Checked) -> Iterator[Hit]:
    """Mobile numbers. An office may publish one; a person's own may not stay."""
    for span, found in _matches(subject.long_figures, _MOBILE):
        told = "如为个人手机号码请遮盖；办公联系电话请说明。"
        yield _hit("mobile", span, found.span(), told, value=re.sub(r"\D", "", found.group())[-11:])


@check("landline", severity=WARN, basis=_PERSONAL)
def landlines(subject: Checked) -> Iterator[Hit]:
    """Fixed telephone numbers with their area code."""
    for span, found in _matches(subject.long_figures, _LANDLINE):
        yield _hit("landline", span, found.span(), "请确认是办公电话；个人住宅电话请遮盖。")


@check("email", severity=WARN, basis=_PERSONAL)
def emails(subject: Checked) -> Iterator[Hit]:
    """E-mail addresses."""
    for span in subject.spans:
        if "@" in span.text:
            for found in _EMAIL.finditer(span.text):
                yield _hit("email", span, found.span(), "请确认是单位邮箱；个人邮箱请遮盖。")


@check("plate", severity=WARN, basis=_PERSONAL)
def plates(subject: Checked) -> Iterator[Hit]:
    """Number plates of vehicles (GA 36), new-energy ones too."""
    for span, found in _matches(subject.figures, _PLATE):
        yield _hit("plate", span, found.span(), "如涉及个人车辆请遮盖。")


@check("birth-date", severity=WARN, basis=_PERSONAL)
def birth_dates(subject: Checked) -> Iterator[Hit]:
    """Dates of birth, where a word says so."""
    for span, found in _matches(_worded(subject, "生"), _BIRTH):
        yield _hit("birth-date", span, found.span("value"), "出生日期可识别个人，请遮盖月、日。")


@check("address", severity=WARN, basis=_PERSONAL)
def addresses(subject: Checked) -> Iterator[Hit]:
    """Private addresses down to the house number, where a label says so."""
    for span, found in _matches(_worded(subject, "址"), _ADDRESS):
        yield _hit("address", span, found.span("value"), "请将住址遮盖至乡镇（街道）。")


def _worded(subject: Checked, word: str) -> Iterator[tuple[Span, str]]:
    return ((span, text) for span, text in subject.figures if word in text)


def _matches(pieces: Iterable[tuple[Span, str]], pattern: re.Pattern[str]) -> Iterator[tuple[Span, re.Match[str]]]:
    for span, text in pieces:
        for found in pattern.finditer(text):
            yield span, found


def _hit(kind: str, span: Span, place: tuple[int, int], suggestion: str, severity: str = "", value: str = "") -> Hit:
    start, end = place
    text = shown(span.text, start, end, kind)
    return Hit(kind, text, span.at(start, end), suggestion, value or span.text[start:end], severity)
