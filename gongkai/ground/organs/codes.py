"""Codes of organs and their check digits: GB 11714, GB 32100, GB/T 2260."""

from __future__ import annotations

import re
import unicodedata

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# GB/T 2260: the first two digits of a division code.
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]|71|8[12]")


def clean_code(text: str) -> str:
    """A code without blanks, in half width and capitals."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def organisation_check_digit(body: str) -> str:
    """The ninth character of an organisation code (组织机构代码, GB 11714) for its first eight.

    Raises ValueError where the body is not eight digits or capital letters.
    """
    if not re.fullmatch(r"[0-9A-Z]{8}", body):
        raise ValueError("an organisation code has eight digits or capital letters before its check digit")
    total = sum(weight * int(char, 36) for weight, char in zip(_ORGANISATION_WEIGHTS, body, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def check_organisation_code(text: str) -> bool:
    """Whether the text is an organisation code with the right check digit; the hyphen may stand or not."""
    code = clean_code(text).replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    return organisation_check_digit(code[:8]) == code[8]


def credit_check_digit(body: str) -> str:
    """The eighteenth character of a unified social credit code (统一社会信用代码, GB 32100) for its first seventeen.

    Raises ValueError on a wrong length or a letter the standard leaves out (I, O, S, V, Z).
    """
    if len(body) != 17 or any(char not in _CREDIT_ALPHABET for char in body):
        raise ValueError("a unified social credit code has seventeen characters of GB 32100 before its check digit")
    total = sum(weight * _CREDIT_ALPHABET.index(char) for weight, char in zip(_CREDIT_WEIGHTS, body, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def check_credit_code(text: str) -> bool:
    """Whether the text is a unified social credit code with the right check digit."""
    code = clean_code(text)
    if len(code) != 18 or any(char not in _CREDIT_ALPHABET for char in code):
        return False
    return credit_check_digit(code[:17]) == code[17]


def is_division_code(text: str) -> bool:
    """Whether the text has the shape of an administrative division code (行政区划代码, GB/T 2260).

    Six digits for a province, city or county; nine or twelve for towns and villages below them.
    """
    code = clean_code(text)
    return bool(re.fullmatch(r"\d{6}|\d{9}|\d{12}", code)) and _PROVINCES.match(code) is not None
