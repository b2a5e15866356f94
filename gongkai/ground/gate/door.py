"""The door itself: lock, check, do, save, record; one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from gongkai.ground.access.actors import Actor, HeldGrant
from gongkai.ground.access.rules import covering, explain, scope
from gongkai.ground.gate.table import ACTIONS, SUBJECTS, ActionSpec, Guard, Organs, SubjectType, actions_of
from gongkai.ground.refusal import WORDINGS, Refused, wording
from gongkai.ground.register.log import NewEvent, append

UNKNOWN = wording(
    "gate.unknown",
    what="没有找到这项内容，或者您无权知悉。",
    todo="请核对地址；确有工作需要的，请联系本单位安全管理员授权。",
    status=404,
)
NO_RIGHT = wording(
    "gate.no_right",
    what="您没有“{title}”的权限。",
    todo="此项由{roles}办理；请转交有权人员，或由安全管理员授权后再办。",
    status=403,
)
WRONG_STATE = wording(
    "gate.wrong_state",
    what="当前状态为“{state}”，不能“{title}”。",
    todo="须处于：{states}。请刷新页面查看最新状态。",
)
WRONG_KIND = wording("gate.wrong_kind", what="“{title}”不适用于这类信息。", todo="请核对信息类别。")

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Outcome:
    """What a body did: the result for the caller, the event's closed data, and what is opened to the public.

    ``event`` overrides the declared event name where one action has two outcomes (each must be declared in docs).
    ``data`` and ``public`` hold no personal data; ``public`` is empty unless the act itself is public.
    """

    result: Any = None
    data: Mapping[str, Any] = field(default_factory=dict)
    public: Mapping[str, Any] = field(default_factory=dict)
    event: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer to "may I?": yes, or the refusal that the action itself would give."""

    ok: bool
    refusal: Refused | None = None

    @property
    def reason(self) -> str:
        return str(self.refusal) if self.refusal else ""

    def __bool__(self) -> bool:
        return self.ok


class Action(Generic[M]):
    """A declared action. Call it with the subject (or its key) and ``actor=``; ``batch`` takes many."""

    def __init__(self, spec: ActionSpec) -> None:
        self.spec = spec
        self.__name__ = spec.body.__name__
        self.__doc__ = spec.body.__doc__

    def __call__(self, subject: M | int | None = None, *, actor: Actor, **arguments: Any) -> Any:
        """Do it. Returns the body's result. Raises Refused, and then nothing has changed."""
        with traced(actor, self.spec.name), transaction.atomic():
            if self.spec.creates:
                return _create(self.spec, actor, arguments)
            return _change(self.spec, subject, actor, arguments)

    def bulk(self, body: Callable[..., Sequence[tuple[M, Outcome]]]) -> Callable[..., Sequence[tuple[M, Outcome]]]:
        """Give the action its batch body: rights and states are checked set-wise, rows written in bulk."""
        self.spec.bulk_body = body
        return body

    def batch(self, items: Sequence[Any], *, actor: Actor, **arguments: Any) -> list[Any]:
        """Do it to many in one transaction: items are arguments (for creating) or subjects. All or nothing."""
        with traced(actor, self.spec.name), transaction.atomic():
            return _many(self.spec, items, actor, arguments)


@contextmanager
def traced(actor: Actor, what: str) -> Iterator[None]:
    """Record that a traced refusal happened (a classification mark), after everything it undid is undone.

    Nothing of what was refused is kept. Inside a larger transaction that one's own ``traced`` records it.
    """
    try:
        yield
    except Refused as refusal:
        if WORDINGS[refusal.code].is_traced and not connection.in_atomic_block:
            append(
                [
                    NewEvent(
                        "refusal", refusal.code, "entry.refused", actor.ref, "", actor.organ_id, data={"action": what}
                    )
                ]
            )
        raise


def action(
    name: str,
    *,
    on: type[M],
    title: str,
    right: str,
    event: str,
    states: Iterable[str] | None = None,
    to: Iterable[str] | None = None,
    kinds: Iterable[str] | None = None,
    creates: bool = False,
    by_system: bool = False,
    guards: Iterable[Guard] = (),
    citation: str = "",
    organs: Organs | None = None,
) -> Callable[[Callable[..., Any]], Action[M]]:
    """Declare an action; see the package docstring. A creating body takes ``organ`` among its arguments.

    ``organs`` names the organs in one of which the right must be held, where that is not the subject's own organ.
    """

    def declare(body: Callable[..., Any]) -> Action[M]:
        if name in ACTIONS:
            raise ValueError(f"action {name} is declared twice")
        spec = ActionSpec(
            name=name,
            model=on,
            title=title,
            right=right,
            event=event,
            states=None if states is None else frozenset(states),
            to=None if to is None else frozenset(to),
            kinds=None if kinds is None else frozenset(kinds),
            creates=creates,
            by_system=by_system,
            guards=tuple(guards),
            citation=citation,
            organs=organs,
            body=body,
        )
        ACTIONS[name] = spec
        return Action(spec)

    return declare


def can(name: str, subject: Model, actor: Actor) -> Verdict:
    """May the actor do this to this row now? The reason is the refusal the action itself would give."""
    spec = ACTIONS[name]
    try:
        if not may_know(subject, actor):
            raise Refused(UNKNOWN)
        _check(spec, subject, actor)
    except Refused as refusal:
        return Verdict(False, refusal)
    return Verdict(True)


def permitted(subject: Model, actor: Actor) -> list[tuple[ActionSpec, Verdict]]:
    """Every action on this row for which the actor holds the right, with the verdict that explains a no."""
    rows = []
    for spec in actions_of(type(subject)):
        if spec.creates or _grant(spec, _organ_ids(spec, subject), actor) is None:
            continue
        if spec.kinds is not None and getattr(subject, "kind", "") not in spec.kinds:
            continue
        rows.append((spec, can(spec.name, subject, actor)))
    return rows


def visible(model: type[M], actor: Actor) -> Any:
    """The rows of a model that the actor may know of, as a queryset."""
    kind = SUBJECTS[model]
    if actor.is_system or not kind.organ_path:
        return model._default_manager.all()
    rule = scope(actor, kind.read_right, kind.organ_path)
    if kind.widen is not None:
        rule |= kind.widen(actor, kind.read_right)
    return model._default_manager.filter(rule)


def may_know(subject: Model, actor: Actor) -> bool:
    """Is this row among those the actor may know of?"""
    kind = SUBJECTS[type(subject)]
    if actor.is_system or not kind.organ_path:
        return True
    if covering(actor, kind.read_right, _organ_id(kind, subject)) is not None:
        return True
    return kind.widen is not None and bool(visible(type(subject), actor).filter(pk=subject.pk).exists())


def _organ_id(kind: SubjectType, subject: Any) -> int | None:
    value = subject
    parts = kind.organ_path.split("__")
    for part in parts[:-1]:
        value = getattr(value, part)
    last = parts[-1]
    return None if not last else value.pk if last == "pk" else getattr(value, f"{last}_id")


def _organ_ids(spec: ActionSpec, subject: Model) -> list[int | None]:
    if spec.organs is not None:
        return list(spec.organs(subject))
    return [_organ_id(SUBJECTS[spec.model], subject)]


def _grant(spec: ActionSpec, organ_ids: Iterable[int | None], actor: Actor) -> HeldGrant | None:
    held = (covering(actor, spec.right, organ_id) for organ_id in organ_ids)
    return next((grant for grant in held if grant is not None), None)


def _check(spec: ActionSpec, subject: Any, actor: Actor) -> HeldGrant | None:
    grant = _authorise(spec, _organ_ids(spec, subject), actor)
    if spec.kinds is not None and subject.kind not in spec.kinds:
        raise Refused(WRONG_KIND, spec.citation, title=spec.title)
    if spec.states is not None and subject.state not in spec.states:
        names = SUBJECTS[spec.model].state_names
        allowed = "、".join(name for code, name in names.items() if code in spec.states)
        raise Refused(
            WRONG_STATE, spec.citation, title=spec.title, state=names.get(subject.state, subject.state), states=allowed
        )
    for guard in spec.guards:
        guard(subject, actor)
    return grant


def _authorise(spec: ActionSpec, organ_ids: Iterable[int | None], actor: Actor) -> HeldGrant | None:
    if actor.is_system and spec.by_system:
        return None
    grant = _grant(spec, organ_ids, actor)
    if grant is None:
        raise Refused(NO_RIGHT, spec.citation, title=spec.title, roles=explain(spec.right))
    return grant


def _create(spec: ActionSpec, actor: Actor, arguments: dict[str, Any]) -> Any:
    organ = arguments.get("organ")
    grant = _authorise(spec, [organ.pk if organ is not None else None], actor)
    outcome = spec.body(actor=actor, **arguments)
    made = outcome.result
    append([_event(spec, made, outcome, actor, grant, None)])
    return made


def _change(spec: ActionSpec, subject: Any, actor: Actor, arguments: dict[str, Any]) -> Any:
    row = _lock(spec.model, subject.pk if isinstance(subject, Model) else subject, actor)
    grant = _check(spec, row, actor)
    before = getattr(row, "state", None)
    outcome = spec.body(row, actor=actor, **arguments) or Outcome()
    _confirm(spec, before, getattr(row, "state", None))
    row.save()
    append([_event(spec, row, outcome, actor, grant, before)])
    if isinstance(subject, Model):
        # The caller's instance must not go on showing what was true before.
        subject.__dict__.update(
            {key: value for key, value in row.__dict__.items() if key != "_prefetched_objects_cache"}
        )
    return outcome.result


def _lock(model: type[Model], pk: Any, actor: Actor) -> Any:
    row = visible(model, actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refused(UNKNOWN)
    return row


def _confirm(spec: ActionSpec, before: str | None, after: str | None) -> None:
    allowed = spec.to if spec.to is not None else {before}
    if after not in allowed:
        raise AssertionError(f"{spec.name} left the subject in {after}, which its row in the table does not allow")


def _event(
    spec: ActionSpec, row: Any, outcome: Outcome, actor: Actor, grant: HeldGrant | None, before: str | None
) -> NewEvent:
    kind = SUBJECTS[spec.model]
    data = dict(outcome.data)
    after = getattr(row, "state", None)
    if spec.to is not None or (spec.creates and after is not None):
        data["state"] = [before or "", after or ""]
    return NewEvent(
        subject_type=kind.name,
        subject_id=str(row.pk),
        name=outcome.event or spec.event,
        actor=actor.ref,
        on_behalf_of=grant.principal_ref if grant is not None and grant.principal_id != actor.person_id else "",
        organ_id=_organ_id(kind, row) if kind.organ_path else None,
        data=data,
        public=dict(outcome.public),
    )


def _many(spec: ActionSpec, items: Sequence[Any], actor: Actor, arguments: dict[str, Any]) -> list[Any]:
    if spec.bulk_body is None:
        raise TypeError(f"{spec.name} has no batch form")
    if spec.creates:
        organ = arguments["organ"]
        grant = _authorise(spec, [organ.pk if organ is not None else None], actor)
        done = spec.bulk_body(items, actor=actor, **arguments)
        append([_event(spec, row, outcome, actor, grant, None) for row, outcome in done])
        return [row for row, _ in done]
    rows = _lock_many(spec.model, items, actor)
    grants = [_check(spec, row, actor) for row in rows]
    before = [getattr(row, "state", None) for row in rows]
    done = spec.bulk_body(rows, actor=actor, **arguments)
    for (row, _), state in zip(done, before, strict=True):
        _confirm(spec, state, getattr(row, "state", None))
    append(
        [
            _event(spec, row, outcome, actor, grant, state)
            for (row, outcome), grant, state in zip(done, grants, before, strict=True)
        ]
    )
    return [row for row, _ in done]


def _lock_many(model: type[Model], items: Sequence[Any], actor: Actor) -> list[Any]:
    keys = [item.pk if isinstance(item, Model) else item for item in items]
    found = {
        row.pk: row for row in visible(model, actor).select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    }
    if any(key not in found for key in keys):
        raise Refused(UNKNOWN)
    return [found[key] for key in keys]
