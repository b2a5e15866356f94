"""A record in each of its states, made by the actions that lead there; and the arguments each action takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from gongkai.engine.records import actions as records
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.models import CleanUp, Record
from gongkai.engine.reviews import actions as reviews
from gongkai.ground import clock
from gongkai.ground.files.actions import upload
from tests.builders import Office, content, draft_record, public_record, reviewed_record


def drafting(office: Office) -> Record:
    return draft_record(office)


def proposed(office: Office) -> Record:
    record = draft_record(office)
    records.submit(record, actor=office.actor("officer"))
    return record


def in_review(office: Office) -> Record:
    record = proposed(office)
    reviews.agree(record, "section", actor=office.actor("section"))
    return record


def returned(office: Office) -> Record:
    record = in_review(office)
    reviews.return_for_correction(record, actor=office.actor("secrecy"), reason="ground_missing", text="请补充。")
    return record


def scheduled(office: Office) -> Record:
    record = reviewed_record(office)
    records.schedule(record, actor=office.actor("editor"), at=clock.now() + dt.timedelta(days=1))
    return record


def correcting(office: Office) -> Record:
    record = public_record(office)
    records.correct(record, actor=office.actor("editor"))
    return record


def withdrawn(office: Office) -> Record:
    record = public_record(office)
    records.withdraw(record, actor=office.actor("editor"), reason="published_in_error", note="误发。")
    return record


def taken_down(office: Office) -> Record:
    record = public_record(office)
    records.take_down(record, actor=office.actor("editor"))
    return record


def not_published(office: Office) -> Record:
    record = reviewed_record(
        office,
        disclosure="withheld",
        disclosure_basis="process",
        disclosure_reason="内部讨论稿，尚未定稿。",
        kind="notice",
    )
    records.conclude(record, actor=office.actor("officer"))
    return record


def discarded(office: Office) -> Record:
    record = draft_record(office)
    records.discard(record, actor=office.actor("officer"))
    return record


def expunged(office: Office) -> Record:
    record = public_record(office)
    records.ask_expunge(record, actor=office.actor("sign_off"), ground="personal_data")
    records.expunge(record, actor=office.actor("ogi"))
    return record


MADE: dict[str, Callable[[Office], Record]] = {
    "drafting": drafting,
    "returned": returned,
    "proposed": proposed,
    "in_review": in_review,
    "signed_off": reviewed_record,
    "scheduled": scheduled,
    "public": public_record,
    "correcting": correcting,
    "withdrawn": withdrawn,
    "taken_down": taken_down,
    "not_published": not_published,
    "discarded": discarded,
    "expunged": expunged,
}


def arguments_of(name: str, office: Office) -> dict[str, Any]:
    """Valid arguments for an action on a record."""
    if name in {"record.edit", "record.revise"}:
        return {"content": content(title="改过的标题", change_note="更正标题。")}
    if name == "record.reassign":
        return {"taker": office.people["section"]}
    if name == "record.schedule":
        return {"at": clock.now() + dt.timedelta(days=2)}
    if name in {"record.withdraw", "record.withdraw_taken_down"}:
        return {"reason": "published_in_error", "note": "误发。"}
    if name == "record.ask_expunge":
        return {"ground": "personal_data"}
    if name == "record.hold":
        return {"code": "records.unreviewed"}
    if name == "record.file_paper":
        file, _ = upload("审签单".encode(), "审签单.txt", organ=office.organ, actor=office.actor("officer"))
        return {"file": file, "signatures": [{"step": "签发", "name": "赵某"}]}
    if name.startswith("review.return"):
        return {"reason": "ground_missing", "text": "请补充。"}
    return RELATED[name](office) if name in RELATED else {}


def clean_up_of(office: Office) -> CleanUp:
    """A clean-up that kept one document, by a decision which stands nowhere here."""
    kept = public_record(office, document_number="云教〔2019〕3号")
    lines = [Named(kept.index_number or "", "kept")]
    return records.declare(
        actor=office.actor("editor"),
        organ=office.organ,
        title="关于公布文件清理结果的决定",
        decided_on=clock.today(),
        lines=lines,
    )


RELATED: dict[str, Callable[[Office], dict[str, Any]]] = {
    "record.link": lambda office: {"target": public_record(office), "kind": "based_on"},
    "record.unlink": lambda _: {"link_id": 0},
    "record.repeal": lambda office: {"by": public_record(office)},
    "record.renew": lambda _: {"read": {"title": "来源的新标题"}},
    "record.place": lambda _: {"channels": []},
    "record.clean_up": lambda office: {"by": clean_up_of(office)},
    "record.declare_links": lambda office: {"clean_up": clean_up_of(office)},
}
