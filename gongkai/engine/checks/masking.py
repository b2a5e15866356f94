"""Masking personal numbers (去标识化): what stays must not identify anybody (《个人信息保护法》第二十五条)."""

from __future__ import annotations

STAR = "*"


def mask_identity(text: str, start: int, end: int) -> str:
    """The text with an identity number masked: the division's six digits stay, birth date, order and check digit go.

    The usual form that keeps the last four is refused on purpose: six digits, a year and four more find one person.
    """
    return masked(text, start, end, head=6)


def mask(text: str, start: int, end: int, kind: str) -> str:
    """The text with what stands between two offsets masked as its type asks (types of `gongkai inspect`)."""
    if kind == "identity-number":
        return mask_identity(text, start, end)
    if kind == "email":
        at = text.find("@", start, end)
        return text[:start] + STAR * (at - start) + text[at:] if at > start else masked(text, start, end)
    heads = {"mobile": 3, "landline": 4, "bank-card": 4, "plate": 2, "passport": 1}
    return masked(text, start, end, head=heads.get(kind, 0))


def masked(text: str, start: int, end: int, *, head: int = 0) -> str:
    """Stars for every letter and digit between two offsets but the first ``head`` ones."""
    kept = 0
    signs = []
    for sign in text[start:end]:
        if not sign.isalnum():
            signs.append(sign)
            continue
        kept += 1
        signs.append(sign if kept <= head else STAR)
    return text[:start] + "".join(signs) + text[end:]


def shown(text: str, start: int, end: int, kind: str) -> str:
    """What a finding may show of the text between two offsets."""
    return mask(text[start:end], 0, end - start, kind)
