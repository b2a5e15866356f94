"""Coded reasons come from closed, dated lists of the rulebook."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.queries import return_for_correction_reasons, return_to_organ_reasons, withdrawal_reasons
from gongkai.ground.rulebook.schema import CodedReason

UNKNOWN_REASON = wording(
    "reviews.unknown_reason",
    what="没有“{reason}”这一项原因。",
    todo="请从列表中选择：{known}。",
    status=422,
)


NO_NOTE = wording("reviews.no_note", what="原因“{reason}”需要写明具体情况。", todo="请补充说明。", status=422)

LISTS: dict[str, Callable[[], tuple[CodedReason, ...]]] = {
    "return_for_correction": return_for_correction_reasons,
    "return_to_organ": return_to_organ_reasons,
    "withdrawal": withdrawal_reasons,
}


def reasons(list_name: str) -> dict[str, CodedReason]:
    """The reasons of a list in force today, by code."""
    return {term.code: term for term in LISTS[list_name]()}


def refuse_unknown_reason(list_name: str, reason: str, note: str) -> None:
    """Refuse a reason that is not on the list today, or that needs a note and has none."""
    known = reasons(list_name)
    if reason not in known:
        names = "、".join(term.name for term in known.values())
        raise Refused(UNKNOWN_REASON, reason=reason, known=names, where="原因")
    if known[reason].needs_note and not note.strip():
        raise Refused(NO_NOTE, known[reason].citation, reason=known[reason].name, where="说明")
