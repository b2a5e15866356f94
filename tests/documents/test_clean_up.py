"""One decision declares many documents repealed, void, kept or to be amended: looked at first, all or nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from gongkai.engine.records.actions import declare
from gongkai.engine.records.clean_ups import Named, planned
from gongkai.engine.records.lineage import in_force_on
from gongkai.engine.records.models import CleanUp, CleanUpItem, Link, Record, Validity
from gongkai.engine.records.queries import public_links, public_records
from gongkai.engine.records.ticks import settle_validities
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, public_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TODAY = dt.date(2026, 3, 2)
OUTCOMES = ("repealed", "lapsed", "kept", "to_amend")


def stock(office: Office) -> list[Record]:
    """Four documents of past years."""
    return [
        public_record(office, title=f"文件{year}", document_number=f"云教〔{year}〕1号", written_on=f"{year}-01-05")
        for year in (2016, 2017, 2018, 2019)
    ]


def lines(records: list[Record]) -> list[Named]:
    return [Named(record.document_number, outcome) for record, outcome in zip(records, OUTCOMES, strict=True)]


def test_a_dry_run_says_before_and_after_and_writes_nothing() -> None:
    office = Office()
    asked = lines(stock(office))
    events = Event.objects.count()
    plan = planned(asked, office.actor("editor"))
    assert [(line.before, line.after, line.problem) for line in plan] == [
        ("in_force", "repealed", ""),
        ("in_force", "lapsed", ""),
        ("in_force", "in_force", ""),
        ("in_force", "in_force", ""),
    ]
    assert (Event.objects.count(), CleanUp.objects.count()) == (events, 0)


def test_a_public_decision_marks_links_and_tells_each() -> None:
    office = Office()
    records = stock(office)
    decision = public_record(office, title="关于公布文件清理结果的决定", document_number="云教〔2026〕8号")
    made = declare(
        actor=office.actor("editor"), organ=office.organ, decision=decision, decided_on=TODAY, lines=lines(records)
    )
    for record in records:
        record.refresh_from_db()
    assert [record.validity for record in records] == ["repealed", "lapsed", "in_force", "in_force"]
    kinds = dict(Link.objects.filter(source=decision).values_list("target_id", "kind"))
    assert [kinds[record.pk] for record in records] == ["repeals", "lapses", "keeps", "to_amend"]
    assert len(public_links(decision)[0]) == 4
    names = [
        Event.objects.filter(subject_type="record", subject_id=str(record.pk)).order_by("-pk")[0] for record in records
    ]
    assert [event.name for event in names] == ["record.validity_changed"] * 2 + ["record.cleaned_up"] * 2
    assert names[0].public["by"] == decision.index_number
    assert made.items.count() == 4
    assert set(in_force_on(public_records(), TODAY)) == {decision, records[2], records[3]}
    assert [found for found in verify_all().differences if "record" in found.what or "link" in found.what] == []


def test_a_decision_that_stands_nowhere_here_is_named_by_number_and_date() -> None:
    office = Office()
    records = stock(office)
    declare(
        actor=office.actor("editor"),
        organ=office.organ,
        title="关于废止部分文件的决定",
        number="云政发〔2026〕3号",
        decided_on=dt.date(2026, 2, 10),
        lines=lines(records),
    )
    event = Event.objects.filter(subject_id=str(records[0].pk), name="record.validity_changed").get()
    made = CleanUp.objects.get()
    assert (event.public["clean_up"], event.public["by"], event.public["on"]) == (made.pk, None, "2026-02-10")
    assert "关于废止部分文件的决定" not in str(event.public) + str(event.data), "no title is in an event"
    assert (made.title, made.number) == ("关于废止部分文件的决定", "云政发〔2026〕3号")
    assert not Link.objects.exists()
    assert settle_validities() == 0, "what was declared void does not stand again"
    assert records[0] not in in_force_on(public_records(), dt.date(2026, 2, 10))
    assert records[0] in in_force_on(public_records(), dt.date(2026, 2, 9))


def test_one_bad_line_stops_all() -> None:
    office = Office()
    records = stock(office)
    Record.objects.filter(pk=records[3].pk).update(validity=Validity.REPEALED)
    asked = [*lines(records), Named("云教〔2001〕9号", "repealed"), Named(records[0].document_number, "kept")]
    asked.append(Named(records[1].index_number or "", "vanish"))
    plan = planned(asked, office.actor("editor"))
    assert [line.problem for line in plan][3:] == [
        "已经废止，不能再作“拟修改”处理",
        "没有找到已公开的这份文件",
        "同一份文件列了两次",
        "处理结果应为：废止、宣布失效、继续有效、拟修改",
    ]
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        declare(actor=office.actor("editor"), organ=office.organ, title="清理决定", decided_on=TODAY, lines=asked)
    assert refused.value.code == "records.clean_up_unfit"
    assert "云教〔2001〕9号（没有找到已公开的这份文件）" in refused.value.explain().what
    assert (Event.objects.count(), CleanUp.objects.count(), Link.objects.count()) == (events, 0, 0)
    assert set(Record.objects.values_list("validity", flat=True)) == {"in_force", "repealed"}


def test_only_the_editor_of_the_organ_cleans_up() -> None:
    office, other = Office(), Office("11330000002", "云洲市水务局")
    records = stock(office)
    for actor, code in ((office.actor("officer"), "gate.no_right"), (other.actor("editor"), "gate.no_right")):
        with pytest.raises(Refused) as refused:
            declare(actor=actor, organ=office.organ, title="清理决定", decided_on=TODAY, lines=lines(records))
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        declare(
            actor=other.actor("editor"), organ=other.organ, title="清理决定", decided_on=TODAY, lines=lines(records)
        )
    assert refused.value.code == "records.clean_up_unfit"
    assert not CleanUp.objects.exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"title": " "}, "records.no_clean_up_decision"),
        ({"title": "决定", "lines": []}, "records.no_clean_up_lines"),
        ({"title": "决定", "decided_on": dt.date(2026, 3, 3)}, "records.clean_up_future"),
    ],
)
def test_what_a_clean_up_cannot_do_without(asked: dict[str, object], code: str) -> None:
    office = Office()
    records = stock(office)
    with pytest.raises(Refused) as refused:
        declare(
            **{
                "actor": office.actor("editor"),
                "organ": office.organ,
                "decided_on": TODAY,
                "lines": lines(records),
            }
            | asked
        )
    assert refused.value.code == code
    assert not CleanUp.objects.exists()


def test_the_database_refuses_to_change_a_clean_up() -> None:
    office = Office()
    declare(
        actor=office.actor("editor"), organ=office.organ, title="决定", decided_on=TODAY, lines=lines(stock(office))
    )
    for model in (CleanUp, CleanUpItem):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            model.objects.update(note="改过")
    assert not CleanUp.objects.filter(note="改过").exists()


def test_more_documents_cost_no_more_than_their_events() -> None:
    office = Office()
    counts = []
    for year in (2010, 2011):
        many = [
            public_record(office, document_number=f"云教〔{year}〕{place}号")
            for place in range(1, 3 if year == 2010 else 8)
        ]
        asked = [Named(record.document_number, "repealed") for record in many]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            declare(actor=office.actor("editor"), organ=office.organ, title="决定", decided_on=TODAY, lines=asked)
        counts.append(len(queries))
    assert counts[0] == counts[1]
