"""A small city before the public, made through the gate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from gongkai.engine.records.actions import correct, edit, link, publish, submit, take_down, withdraw
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.register.log import seal
from tests.builders import Office, agree_to_all, content, draft_record, public_record

PARKING = {"subject_class": "城乡建设、环境保护/城乡建设", "disclosure_basis": "20.01"}
NOTICES = {
    "fixed": "关于做好校园食品安全工作的通知",
    "withdrawn": "关于公布抽查结果的通知",
    "down": "关于评审名单的公示",
    "plain": "=SUM(A1) 怎样填表的通知",
}
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def official_body() -> list[dict[str, object]]:
    """A notice with addressee, chapters, articles, a table, signature and date."""
    return [
        {"type": "paragraph", "text": "各乡镇人民政府，各街道办事处，市政府各部门："},
        {"type": "paragraph", "text": "现将《云洲市机动车停放管理办法》印发给你们，请认真贯彻执行。"},
        {"type": "paragraph", "text": "云洲市人民政府"},
        {"type": "paragraph", "text": "2026年3月2日"},
        {"type": "heading", "level": 1, "text": "第一章　总则"},
        {"type": "paragraph", "text": "第一条　为加强机动车停放管理，方便群众出行，制定本办法。"},
        {"type": "paragraph", "text": "第二条　本市行政区域内机动车停放管理，适用本办法。"},
        {"type": "heading", "level": 1, "text": "第二章　规划与建设"},
        {"type": "heading", "level": 2, "text": "（一）专项规划"},
        {"type": "paragraph", "text": "第三条　市自然资源主管部门编制停车设施专项规划，报市人民政府批准后公布。"},
        {
            "type": "table",
            "caption": "机动车停车泊位配建标准",
            "columns": ["建筑类别", "计算单位", "一类区"],
            "rows": [["住宅", "车位/户", "1.0"], ["医院", "车位/床位", "0.6"]],
        },
        {"type": "heading", "level": 1, "text": "第三章　附则"},
        {"type": "paragraph", "text": "第四条　本办法自2026年5月1日起施行。"},
    ]


@dataclass
class City:
    """What stands before the public: a measure that replaced another, one corrected, withdrawn, taken down; a draft."""

    office: Office
    shown: dict[str, Record] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Record:
        record = self.shown[name]
        record.refresh_from_db()
        return record


def corrected(office: Office, record: Record, note: str, **fields: object) -> None:
    """A correction goes the whole way: begun, edited, reviewed, published."""
    correct(record, actor=office.actor("editor"))
    assert record.working is not None
    changed = record.working.content | {"change_note": note} | fields
    edit(record, actor=office.actor("officer"), content=changed)
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))


def at(minute: int) -> dt.datetime:
    """So many minutes into the story."""
    return START + dt.timedelta(minutes=minute)


def build_city() -> City:
    """The city of 2 March 2026; the clock goes on by a minute for each thing that happens."""
    with clock.frozen(START):
        city = City(
            Office(
                "113300001",
                "云洲市人民政府办公室",
                work_body="云洲市人民政府办公室政务公开科",
                address="云洲市安和路1号",
                phone="0579-00000001",
                office_hours="工作日 8:30—12:00，14:00—17:30",
            )
        )
    office = city.office
    with clock.frozen(at(1)):
        city.shown["old"] = public_record(
            office,
            title="云洲市城市停车收费管理暂行规定",
            document_number="云政发〔2019〕3号",
            written_on="2019-03-11",
            **PARKING,
        )
    with clock.frozen(at(2)):
        city.shown["new"] = replacing(office, city.shown["old"])
    for minute, (name, title) in enumerate(NOTICES.items(), start=3):
        with clock.frozen(at(minute)):
            city.shown[name] = public_record(office, title=title, document_number=f"云教〔2026〕{len(city.shown)}号")
    editor = office.actor("editor")
    with clock.frozen(at(7)):
        corrected(office, city.shown["fixed"], "附件名称有误，现予更正。")
    with clock.frozen(at(8)):
        withdraw(city.shown["withdrawn"], actor=editor, reason="published_in_error", note="内部说明不公开")
    with clock.frozen(at(9)):
        take_down(city.shown["down"], actor=editor)
    with clock.frozen(at(10)):
        city.shown["draft"] = draft_record(office, title="还在起草的通知")
        seal()
    return city


def replacing(office: Office, old: Record) -> Record:
    """A measure that replaces an earlier one, published."""
    new = draft_record(
        office,
        title="云洲市机动车停放管理办法",
        document_number="云政发〔2026〕12号",
        body=official_body(),
        keywords=["停车", "收费"],
        description="规定停车设施的规划、建设与收费。",
        effective_from="2026-05-01",
        **PARKING,
    )
    link(new, actor=office.actor("officer"), target=old, kind="replaces")
    submit(new, actor=office.actor("officer"))
    agree_to_all(office, new)
    publish(new, actor=office.actor("editor"))
    return new


def many(office: Office, count: int) -> list[Record]:
    """A number of public records taken over in one batch."""
    from gongkai.engine.records.actions import migrate

    items = [
        {
            "kind": "other_document",
            "content": content(title=f"第 {place:03d} 号通知"),
            "files": [],
            "index_number": "",
            "published_at": START - dt.timedelta(days=place),
        }
        for place in range(count)
    ]
    return migrate.batch(items, actor=office.actor("ogi"), organ=office.organ, already_public="原网站")
