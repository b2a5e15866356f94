"""Everything a dossier shows of one record, each part in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from gongkai.engine.channels.targets import PORTAL
from gongkai.engine.deadlines import queries as deadlines
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records.attribute import fitting_grounds
from gongkai.engine.records.details import labels_of
from gongkai.engine.records.differences import difference
from gongkai.engine.records.guards import NO_SOURCE
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Disclosure, Edition, Link, LinkKind, Publication, Record, Validity
from gongkai.engine.records.subject import EDITABLE
from gongkai.engine.reviews.choices import in_use, lacks_legality
from gongkai.engine.reviews.models import Opinion, Review, Step, Verdict
from gongkai.engine.reviews.presets import PRESETS, STEP_KINDS
from gongkai.engine.reviews.queries import earlier_opinion, open_steps
from gongkai.engine.reviews.urging import Urged
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering
from gongkai.ground.gate.door import can, permitted, visible
from gongkai.ground.gate.table import ActionSpec
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Explanation
from gongkai.ground.register.models import Event
from gongkai.surfaces.workbench.act_forms import ACT_FORMS
from gongkai.surfaces.workbench.findings import lines_of
from gongkai.surfaces.workbench.people import hand_words, names_of
from gongkai.surfaces.workbench.words import (
    GRAVE_EVENTS,
    STATE_TONES,
    event_facts,
    event_words,
    preset_words,
    reason_words,
    state_words,
    step_words,
)

EDITING = {"record.edit": "workbench:edit", "record.revise": "workbench:edit"}
OWN_PAGES = {"record.place": "workbench:channels", "record.renew": "workbench:renew"}
# The tick's own acts and what has a place of its own on the page are no buttons.
NO_BUTTON = frozenset(
    {
        "record.hold",
        "record.unlink",
        "record.file_paper",
        "record.expunge_again",
        "record.settle_validity",
        "record.clean_up",
        "record.declare_links",
        "record.hand_over",
        "record.move",
        "record.end",
    }
)


@dataclass(frozen=True)
class Head:
    """The head card: state, attribute, ground, numbers."""

    record: Record
    kind: str
    state: str
    tone: str
    disclosure: str
    basis: str
    reason: str
    preset: str
    preset_note: str
    validity: str
    co_issuers: str
    public_url: str
    is_editable: bool


@dataclass(frozen=True)
class Moment:
    """One event of the timeline in words."""

    at: dt.datetime
    what: str
    who: str
    facts: list[str]
    css: str


@dataclass(frozen=True)
class OpinionLine:
    """An opinion in words: whose, for whom, on which edition, and whether that is the one to be published."""

    who: str
    verdict: str
    tone: str
    text: str
    reason: str
    at: dt.datetime
    edition: int
    digest: str
    is_on_working: bool
    is_reaffirmation: bool


@dataclass(frozen=True)
class StepLine:
    """A step of a round with its opinions."""

    name: str
    organ: str
    state: str
    tone: str
    urged: Urged | None
    opinions: list[OpinionLine]


@dataclass(frozen=True)
class Round:
    """One round of review."""

    number: int
    preset: str
    opened_at: dt.datetime
    is_open: bool
    steps: list[StepLine]


@dataclass(frozen=True)
class Button:
    """An action the actor has the right to: where it is done, or the refusal that says why not now."""

    name: str
    title: str
    url: str
    css: str
    is_direct: bool
    refusal: Explanation | None


@dataclass(frozen=True)
class Clock:
    """A running clock with the steps that explain its end."""

    deadline: Deadline
    name: str
    citation: str
    state: str
    days_left: int
    is_open: bool
    trace: list[dict[str, Any]]


@dataclass
class Actions:
    """The buttons: on, and off with their reasons."""

    on: list[Button] = field(default_factory=list)
    off: list[Button] = field(default_factory=list)


def head_of(record: Record) -> Head:
    """The head card, as the working edition has it."""
    content = record.working.content if record.working else {}
    disclosure = str(content.get("disclosure", ""))
    basis = str(content.get("disclosure_basis", ""))
    named = fitting_grounds(disclosure).get(basis, "") if disclosure else ""
    return Head(
        record=record,
        kind=KINDS[record.kind].name if record.kind in KINDS else record.kind,
        state=state_words(record.state),
        tone=STATE_TONES.get(record.state, "off"),
        disclosure=Disclosure(disclosure).label if disclosure else "未认定",
        basis=f"{basis} {named}".strip(),
        reason=str(content.get("disclosure_reason", "")),
        preset=preset_words(record.preset),
        preset_note=preset_note(record),
        validity=Validity(record.validity).label if record.kind in KINDS and KINDS[record.kind].has_validity else "",
        co_issuers="、".join(organ.name for organ in record.co_issuers.all()),
        public_url=f"/r/{record.index_number}" if record.index_number and record.published_at else "",
        is_editable=record.state in EDITABLE,
    )


def preset_note(record: Record) -> str:
    """Whether the organ chose this preset for the kind, and the law where it falls short; or ""."""
    kind = KINDS.get(record.kind)
    if kind is None or record.preset not in PRESETS:
        return ""
    notes = []
    used = in_use(record.organ, kind)
    if used.is_chosen and used.preset == record.preset:
        notes.append("本机构对这类信息的设定")
    if lacks_legality(kind, record.preset):
        notes.append(f"没有合法性审核环节（{kind.legality_law}），须在制发前另行办理")
    return "；".join(notes)


def timeline(record: Record) -> list[Moment]:
    """What happened to a record, the newest first; every name in one query."""
    events = list(Event.objects.filter(subject_type="record", subject_id=str(record.pk)).order_by("-pk")[:200])
    names = names_of(ref for event in events for ref in (event.actor, event.on_behalf_of) if ref)
    return [
        Moment(
            at=event.at,
            what=event_words(event.name),
            who=hand_words(event.actor, event.on_behalf_of, names),
            facts=event_facts(event.data),
            css="grave" if event.name in GRAVE_EVENTS else "done",
        )
        for event in events
    ]


def is_guest(record: Record, actor: Actor) -> bool:
    """Is this record another organ's, and known here only because consent is asked for (会签)?"""
    return covering(actor, "record.read", record.organ_id) is None


def rounds(record: Record, actor: Actor) -> list[Round]:
    """Every round of review, the latest first; a guest sees the steps of the own organ."""
    found = record.reviews.order_by("-round").prefetch_related(
        "steps__organ",
        "steps__opinions__reviewer",
        "steps__opinions__on_behalf_of",
        "steps__opinions__edition",
        "steps__urgings",
    )
    guest = is_guest(record, actor)
    return [_round(review, record, actor if guest else None) for review in found]


def _round(review: Review, record: Record, guest: Actor | None) -> Round:
    digest = record.working.sha256 if record.working else ""
    shown = [
        step
        for step in review.steps.all()
        if guest is None or covering(guest, "record.read", step.organ_id) is not None
    ]
    steps = [_step(step, digest, is_over=review.closed_at is not None) for step in shown]
    return Round(review.round, preset_words(review.preset), review.opened_at, review.closed_at is None, steps)


def _step(step: Step, digest: str, *, is_over: bool) -> StepLine:
    state, tone = ("已同意", "ok") if step.is_done else ("待审核", "warn") if step.is_open else ("未到", "off")
    opinions = list(step.opinions.all())
    if opinions and opinions[-1].verdict == Verdict.RETURN:
        state, tone = "已退回", "warn"
    elif not step.is_done and any(opinion.verdict == Verdict.AGREE for opinion in opinions):
        state, tone = "须重新确认", "warn"
    elif is_over and not step.is_done:
        state, tone = "本轮已结束", "off"
    urgings = list(step.urgings.all())
    urged = Urged(len(urgings), urgings[-1].at) if urgings else None
    said = [_opinion(opinion, digest) for opinion in opinions]
    return StepLine(step_words(step.code), step.organ.name, state, tone, urged, said)


def _opinion(opinion: Opinion, digest: str) -> OpinionLine:
    name = opinion.reviewer.name if opinion.reviewer else "系统"
    principal = opinion.on_behalf_of
    agrees = opinion.verdict == Verdict.AGREE
    return OpinionLine(
        who=f"{name}代{principal.name}" if principal else name,
        verdict=str(Verdict(opinion.verdict).label),
        tone="ok" if agrees else "warn",
        text=opinion.text,
        reason=reason_words(opinion.reason_code) if opinion.reason_code else "",
        at=opinion.at,
        edition=opinion.edition.number,
        digest=opinion.edition_sha256,
        is_on_working=opinion.edition_sha256 == digest,
        is_reaffirmation=opinion.reaffirms_id is not None,
    )


def actions_now(record: Record, actor: Actor) -> Actions:
    """The buttons of a dossier, from the gate's own table; township reviewers get one form for two opinions."""
    actions = Actions()
    both = can_review_both(record, actor)
    if both:
        url = reverse("workbench:review_both", args=[record.pk])
        actions.on.append(Button("review.both", "公开属性审核和保密审查", url, "", False, None))
    for spec, verdict in permitted(record, actor):
        if spec.name in NO_BUTTON or (both and spec.name in BOTH):
            continue
        if verdict.refusal is not None and verdict.refusal.code == NO_SOURCE:
            continue  # most records are no reposts, and nobody wonders why
        button = _button(spec, record, verdict.refusal.explain() if verdict.refusal else None)
        (actions.on if verdict.ok else actions.off).append(button)
    actions.on.sort(key=lambda button: button.css == "grave")
    return actions


def _button(spec: ActionSpec, record: Record, refusal: Explanation | None) -> Button:
    if spec.name in EDITING:
        title = "编辑" if record.state in EDITABLE else "修改（须重新审核）"
        return Button(spec.name, title, reverse("workbench:edit", args=[record.pk]), "plain", False, refusal)
    if spec.name in OWN_PAGES:
        url, is_direct = reverse(OWN_PAGES[spec.name], args=[record.pk]), spec.name == "record.renew"
        return Button(spec.name, spec.title, url, "plain", is_direct, refusal)
    form = ACT_FORMS.get(spec.name)
    url = reverse("workbench:act", args=[record.pk, spec.name]) if form is not None else ""
    css = form.css if form is not None else "plain"
    return Button(spec.name, spec.title, url, css, form is not None and form.is_direct, refusal)


BOTH = ("review.attribute", "review.secrecy")


def can_review_both(record: Record, actor: Actor) -> bool:
    """Do both parallel steps of one group wait for this one person (乡镇版)?"""
    waiting = {step.code: step.group for step in open_steps(record)}
    if waiting.get("attribute") is None or waiting.get("attribute") != waiting.get("secrecy"):
        return False
    return {spec.name for spec, verdict in permitted(record, actor) if verdict.ok and spec.name in BOTH} == set(BOTH)


def reading_of(record: Record, actor: Actor, code: str) -> dict[str, Any]:
    """What a reviewer has to see before an opinion: findings, and the change since an earlier opinion of their own."""
    steps = [step for step in open_steps(record) if step.code == code]
    earlier = next((found for step in steps if (found := earlier_opinion(step, actor.person_id)) is not None), None)
    changes = None
    if earlier is not None and record.working is not None and earlier.edition_id != record.working_id:
        changes = difference(earlier.edition, record.working, labels_of(record.kind))
    may_return = code != "return_for_correction" and bool(can("review.return_for_correction", record, actor))
    return {
        "findings": [] if is_guest(record, actor) else lines_of(record, actor),
        "earlier": earlier,
        "difference": changes,
        "may_return": may_return,
        "principal": _principal(steps, actor),
    }


def _principal(steps: list[Step], actor: Actor) -> Person | None:
    """For whom a deputy would speak in these steps; None for whoever has the right of their own."""
    for step in steps:
        grant = covering(actor, STEP_KINDS[step.code].right, step.organ_id)
        if grant is not None and grant.principal_id != actor.person_id:
            return Person.objects.filter(pk=grant.principal_id).first()
    return None


def editions_of(record: Record) -> list[Edition]:
    """Every edition, the newest first, with its author."""
    return list(record.editions.select_related("author").order_by("-number"))


@dataclass(frozen=True)
class Shown:
    """When an edition stood before the public, and why it ended."""

    publication: Publication
    reason: str


def publications_of(record: Record) -> list[Shown]:
    """Every publication on the portal, the newest first; the page of channels shows the others."""
    rows = record.publications.filter(channel=PORTAL).select_related("edition").order_by("-from_at", "-pk")
    return [Shown(row, reason_words(row.reason) if row.reason else "") for row in rows]


def file_entry(record: Record, file_id: str, *, is_newest_only: bool = False) -> dict[str, Any] | None:
    """The entry of an attachment in any edition of the record, or in the newest only."""
    editions = record.editions.order_by("-number")
    for edition in editions[:1] if is_newest_only else editions:
        for entry in edition.files:
            if entry["id"] == file_id:
                return dict(entry)
    return None


@dataclass(frozen=True)
class LinkLine:
    """A relation in words, to a record whose dossier or page this person may open."""

    pk: int
    words: str
    title: str
    url: str
    is_out: bool
    since: dt.date | None = None


def links_of(record: Record, actor: Actor) -> list[LinkLine]:
    """Relations to and from a record; the other end is named only when it is public or may be known."""
    out = list(record.links_out.select_related("target").order_by("pk"))
    back = list(record.links_in.select_related("source").order_by("pk"))
    others = {link.target_id for link in out} | {link.source_id for link in back}
    known = set(visible(Record, actor).filter(pk__in=others).values_list("pk", flat=True))
    lines = [_link_line(link, link.target, known, is_out=True) for link in out]
    return lines + [_link_line(link, link.source, known, is_out=False) for link in back]


def _link_line(link: Link, other: Record, known: set[int], *, is_out: bool) -> LinkLine:
    label = str(LinkKind(link.kind).label)
    if other.pk in known:
        title, url = other.title, reverse("workbench:record", args=[other.pk])
    elif other.is_visible:
        title, url = other.title, f"/r/{other.index_number}"
    else:
        title, url = "（一条您无权知悉的信息）", ""
    since = link.took_effect_on or link.takes_effect_on
    return LinkLine(link.pk, label if is_out else f"被{label}", title, url, is_out, since)


def clocks_of(record: Record) -> list[Clock]:
    """The clocks on a record, each with its explanation."""
    rows = list(deadlines.of_subject("record", str(record.pk)))
    left = deadlines.working_days_left_of(rows)
    return [
        Clock(
            deadline=row,
            name=str(row.rule.get("name", row.rule_key)),
            citation=str(row.rule.get("provision", {}).get("citation", "")),
            state=row.get_state_display(),
            days_left=left[row.pk],
            is_open=row.state in ("running", "overdue"),
            trace=list(row.trace),
        )
        for row in rows
    ]
