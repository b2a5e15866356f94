"""The record as a subject of the gate: its states, and who may know of it."""

from __future__ import annotations

from django.db.models import Q

from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach
from gongkai.ground.gate.table import State, subject

DRAFTING = "drafting"
RETURNED = "returned"
PROPOSED = "proposed"
IN_REVIEW = "in_review"
SIGNED_OFF = "signed_off"
SCHEDULED = "scheduled"
PUBLIC = "public"
CORRECTING = "correcting"
WITHDRAWN = "withdrawn"
TAKEN_DOWN = "taken_down"
NOT_PUBLISHED = "not_published"
DISCARDED = "discarded"
EXPUNGED = "expunged"

STATES = (
    State(DRAFTING, "起草"),
    State(RETURNED, "退回"),
    State(PROPOSED, "送审"),
    State(IN_REVIEW, "审核中"),
    State(SIGNED_OFF, "已审签"),
    State(SCHEDULED, "待公开"),
    State(PUBLIC, "已公开"),
    State(CORRECTING, "更正中"),
    State(WITHDRAWN, "已撤回"),
    State(TAKEN_DOWN, "紧急下线"),
    State(NOT_PUBLISHED, "不主动公开"),
    State(DISCARDED, "已作废", is_final=True),
    State(EXPUNGED, "已清除", is_final=True),
)
STATE_NAMES = {state.code: state.name for state in STATES}

EDITABLE = frozenset({DRAFTING, RETURNED, CORRECTING})
UNDER_REVIEW = frozenset({PROPOSED, IN_REVIEW, SIGNED_OFF})


def _co_issued(actor: Actor, right: str) -> Q:
    """A co-issuer may know of what it is asked to consent to, once it has been proposed."""
    if not actor.holds(right):
        return Q(pk__in=[])
    mine = Record.co_issuers.through.objects.filter(organ_id__in=reach(actor, right)).values("record_id")
    return Q(pk__in=mine) & ~Q(state__in=[DRAFTING, RETURNED, CORRECTING, DISCARDED])


subject(Record, "record", states=STATES, read_right="record.read", widen=_co_issued)
