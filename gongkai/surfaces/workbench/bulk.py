"""One action on many records (批量办理): which there are, what each asks for, and how one record is done. A table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from gongkai.engine.records import actions as records
from gongkai.engine.records.actions.drafting import UNSAVED
from gongkai.engine.records.models import Disclosure, Record, Validity
from gongkai.engine.reviews.actions import urge
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, visible
from gongkai.ground.gate.many import Result, foresee
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.act_forms import NoFields, ScheduleForm, TakerForm, UrgeForm, WithdrawForm, taker_of
from gongkai.surfaces.workbench.actions import conditions
from gongkai.surfaces.workbench.edit_forms import subject_choices
from gongkai.surfaces.workbench.queries import listed_records
from gongkai.surfaces.workbench.words import state_words

LIMIT = 200
Cleaned = dict[str, Any]


class SubjectForm(forms.Form):
    """One subject class for all."""

    subject_class = forms.ChoiceField(label="主题分类", choices=subject_choices)


class KeywordsForm(forms.Form):
    """Words to add."""

    keywords = forms.CharField(
        label="主题词",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个，加到原有的主题词之后，例如：校园安全。",
    )


class ReasonForm(forms.Form):
    """What an export is for."""

    reason = forms.CharField(
        label="用途", max_length=200, help_text="例如：报送三季度信息公开统计。导出会记入事件和安全日志。"
    )


def _set_subject(record: Record, actor: Actor, cleaned: Cleaned) -> None:
    _edit(record, actor, {"subject_class": cleaned["subject_class"]})


def _add_keywords(record: Record, actor: Actor, cleaned: Cleaned) -> None:
    given = [line.strip() for line in cleaned["keywords"].splitlines() if line.strip()]
    standing = list(record.working.content.get("keywords", [])) if record.working else []
    _edit(record, actor, {"keywords": list(dict.fromkeys([*standing, *given]))})


def _edit(record: Record, actor: Actor, changed: dict[str, Any]) -> None:
    # A new edition drops what the autosave kept for this person: that must be decided first.
    if record.buffers.filter(person_id=actor.person_id).exists():
        raise Refused(UNSAVED)
    content = record.working.content if record.working else {}
    records.edit(record, actor=actor, content=content | changed)


@dataclass(frozen=True)
class BulkAct:
    """An action on many: the gate's action that decides, its form, how one record is done (None: the list goes out)."""

    code: str
    title: str
    action: str
    act: Callable[[Record, Actor, Cleaned], object] | None
    form: type[forms.Form] = NoFields
    caution: str = ""

    @property
    def is_run(self) -> bool:
        """Is something done to each? Otherwise the list goes out."""
        return self.act is not None


BULK: dict[str, BulkAct] = {
    act.code: act
    for act in (
        BulkAct(
            "urge",
            "催办",
            "record.urge",
            lambda record, actor, cleaned: urge(record, actor=actor, reason=cleaned["reason"]),
            UrgeForm,
        ),
        BulkAct(
            "reassign",
            "改派承办人",
            "record.reassign",
            lambda record, actor, cleaned: records.reassign(record, actor=actor, taker=taker_of(cleaned, actor)),
            TakerForm,
            "只改派没有送审的（起草、退回、更正中）；改派后由接手人承办，并通知本人。",
        ),
        BulkAct("submit", "送审", "record.submit", lambda record, actor, _: records.submit(record, actor=actor)),
        BulkAct(
            "publish",
            "公开",
            "record.publish",
            lambda record, actor, _: records.publish(record, actor=actor),
            caution="公开后立即对社会可见，并写入发布存证；此后的改动都会公开留痕。",
        ),
        BulkAct(
            "schedule",
            "定时公开",
            "record.schedule",
            lambda record, actor, cleaned: records.schedule(record, actor=actor, **cleaned),
            ScheduleForm,
        ),
        BulkAct(
            "withdraw",
            "撤回",
            "record.withdraw",
            lambda record, actor, cleaned: records.withdraw(record, actor=actor, **cleaned),
            WithdrawForm,
            "撤回后正文不再展示，网址保留并公开说明已撤回。",
        ),
        BulkAct("subject", "设定主题分类", "record.edit", _set_subject, SubjectForm, "每件保存为一个新版本。"),
        BulkAct("keywords", "添加主题词", "record.edit", _add_keywords, KeywordsForm, "每件保存为一个新版本。"),
        BulkAct(
            "keep_withheld",
            "复查：维持不公开",
            "record.keep_withheld",
            lambda record, actor, _: records.keep_withheld(record, actor=actor),
            caution="请先逐件看过具体理由；一年后再次复查。",
        ),
        BulkAct(
            "export",
            "导出清单",
            "",
            None,
            ReasonForm,
            "多份信息汇聚在一起可能产生新的涉密风险（《保守国家秘密法》第三十六条），导出前请确认清单和用途。",
        ),
    )
}


def offered(actor: Actor, states: Iterable[str] | None = None) -> list[BulkAct]:
    """What this person may do to many: whatever takes a right held somewhere, and fits a state among those listed."""
    mine = [act for act in BULK.values() if actor.holds(ACTIONS[act.action].right if act.action else "record.read")]
    if states is None:
        return mine
    listed = frozenset(states)
    return [act for act in mine if not act.action or listed & ACTIONS[act.action].leads_from()]


@dataclass(frozen=True)
class Chosen:
    """The records chosen, how many were meant in all, and the keys nobody knows."""

    records: list[Record]
    meant: int
    unknown: list[str]


def chosen(actor: Actor, keys: Sequence[str], query: str, *, is_all: bool) -> Chosen:
    """The rows that were ticked, or all that match the list up to the limit, in the order of the list."""
    if is_all:
        rows = listed_records(actor, conditions(query)).order_by("-changed_at", "-pk")
        return Chosen(list(rows.select_related("organ", "working")[:LIMIT]), rows.order_by().count(), [])
    wanted = [key for key in dict.fromkeys(keys) if key.isdecimal() and len(key) < 19]
    rows = visible(Record, actor).filter(pk__in=wanted[:LIMIT]).select_related("organ", "working")
    found = list(rows.order_by("-changed_at", "-pk"))
    known = {str(record.pk) for record in found}
    return Chosen(found, len(wanted), [key for key in wanted[:LIMIT] if key not in known])


def plan(act: BulkAct, found: Chosen, actor: Actor) -> list[Result[Record]]:
    """What would become of each: the gate's own verdict."""
    if not act.action:
        return [Result(record) for record in found.records]
    return foresee(act.action, found.records, actor)


def do_one(act: BulkAct, record: Record, actor: Actor, cleaned: Cleaned) -> None:
    """Do it to one record, through the gate."""
    assert act.act is not None
    act.act(record, actor, cleaned)


COLUMNS = (
    "索引号",
    "标题",
    "发文字号",
    "机构",
    "状态",
    "公开属性",
    "有效性",
    "主题分类",
    "体裁",
    "成文日期",
    "首次发布",
)


def sheet(found: Iterable[Record]) -> list[list[str]]:
    """The rows of the export: the head of each record, no text."""
    return [
        [
            record.index_number or "",
            record.title,
            record.document_number,
            record.organ.name,
            state_words(record.state),
            str(Disclosure(record.disclosure).label) if record.disclosure else "",
            str(Validity(record.validity).label),
            record.subject_class,
            record.genre,
            str(record.written_on or ""),
            f"{record.published_at:%Y-%m-%d}" if record.published_at else "",
        ]
        for record in found
    ]


def unknown_results(found: Chosen) -> list[tuple[str, Refused]]:
    """What was ticked and is not known: told, too."""
    return [(key, Refused(UNKNOWN)) for key in found.unknown]
