"""The small office (乡镇版): six menus, and one screen that carries a whole item from its file to the public page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from gongkai.engine.records.actions import draft, submit
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import EDITABLE
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import current_review, is_satisfied, steps_of
from gongkai.ground.access.actors import Actor
from gongkai.ground.organs.models import Organ, Person
from gongkai.surfaces.workbench.act_forms import ACT_FORMS, BothForm, SignOffForm
from gongkai.surfaces.workbench.dossier import Actions, Button
from gongkai.surfaces.workbench.handling import is_attribute_fit

TOWNSHIP = "township"
#: What is done on the one screen itself; everything else is a page away.
INLINE = ("review.both", "review.attribute", "review.secrecy", "review.sign_off", "record.publish")


def is_township(person: Person) -> bool:
    """Does this person work in an office of the small preset?"""
    return person.organ.review_preset == TOWNSHIP


def is_one_screen(record: Record, person: Person) -> bool:
    """Is this item handled on one screen by this person?"""
    return record.preset == TOWNSHIP and is_township(person)


def simple_kinds() -> list[tuple[str, str]]:
    """The kinds that ask for nothing but a title: those the one screen can begin."""
    return [
        (kind.code, kind.name)
        for kind in KINDS.values()
        if not any(info.is_required() for name, info in kind.schema.model_fields.items() if name != "title")
        and not kind.section
    ]


class ItemForm(forms.Form):
    """The kind and the file of a new item."""

    kind = forms.ChoiceField(label="类别", choices=simple_kinds)
    source = forms.FileField(
        label="已签发文件",
        required=False,
        help_text="选择 DOCX、PDF、OFD、HTML 或 TXT，系统读出标题、文号、日期和正文；没有文件的直接填写。",
    )
    keeps_source = forms.BooleanField(
        label="把原件作为附件一并公开", required=False, help_text="原件中有个人信息的不要勾选。"
    )


def make(
    actor: Actor, organ: Organ, *, kind: str, content: dict[str, Any], files: list[dict[str, Any]], is_proposal: bool
) -> Record:
    """Draft an item, and put it before the reviewers in the same transaction when that was the button."""
    made: Record = draft(actor=actor, organ=organ, kind=kind, content=content, files=files, preset=TOWNSHIP)
    if is_proposal:
        submit(made, actor=actor)
    return made


@dataclass(frozen=True)
class Stage:
    """A stage of an item in words: done, the present one, or still to come."""

    name: str
    words: str
    state: str


def stages(record: Record) -> list[Stage]:
    """From the file to the public page. The first stage that is not done is the present one."""
    edition = record.working
    has_text = edition is not None and bool(edition.content.get("body") or edition.files)
    found = [
        ("文件", "正文或附件齐备" if has_text else "还没有正文和附件", has_text),
        ("公开属性和依据", "已填写" if is_attribute_fit(record) else "还没有填全", is_attribute_fit(record)),
        ("送审", "已送审" if record.state not in EDITABLE else "还没有送审", record.state not in EDITABLE),
        *_reviews(record),
        ("公开", "已公开" if record.is_visible else "还没有公开", record.is_visible),
    ]
    present = next((index for index, (_, _, is_done) in enumerate(found) if not is_done), len(found))
    return [
        Stage(name, words, "done" if is_done else "now" if index == present else "later")
        for index, (name, words, is_done) in enumerate(found)
    ]


def _reviews(record: Record) -> list[tuple[str, str, bool]]:
    review = current_review(record)
    if review is None or record.working is None:
        return [(STEP_KINDS[code].name, "送审后办理", False) for code in ("attribute", "secrecy", "sign_off")]
    found = []
    for step in steps_of(review):
        is_done = is_satisfied(step, record.working.sha256)
        opinions = list(step.opinions.all())
        who = opinions[-1].reviewer.name if is_done and opinions and opinions[-1].reviewer else ""
        words = f"{who}已同意" if is_done else "还没有对这一版的意见"
        found.append((STEP_KINDS[step.code].name if step.code in STEP_KINDS else step.code, words, is_done))
    return found


@dataclass(frozen=True)
class Inline:
    """An action that is done on the one screen: its button and its form."""

    button: Button
    form: forms.Form
    submit: str
    caution: str
    is_sign_off: bool


def inline(actions: Actions) -> tuple[list[Inline], list[Button]]:
    """What is done here, and what is a page away."""
    here = [_inline(button) for button in actions.on if button.name in INLINE]
    return here, [button for button in actions.on if button.name not in INLINE]


def _inline(button: Button) -> Inline:
    if button.name == "review.both":
        return Inline(button, BothForm(), "两项都同意", "", False)
    declared = ACT_FORMS[button.name]
    is_sign_off = button.name == "review.sign_off"
    form = SignOffForm() if is_sign_off else declared.form()
    if is_sign_off:
        # One button agrees, the other agrees and publishes: the field is theirs.
        form.fields.pop("at_once")
    return Inline(button, form, declared.submit or button.title, declared.caution, is_sign_off)
