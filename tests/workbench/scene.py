"""An office in the middle of its work: something in every queue, every kind of person."""

from __future__ import annotations

import datetime as dt

from gongkai.engine.records.actions import correct, link, publish, revise, schedule, submit, take_down
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree, return_for_correction
from gongkai.ground import clock
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ, Person
from tests.builders import (
    LONG_AGO,
    Office,
    content,
    deputy,
    draft_record,
    organ,
    person,
    public_record,
    reviewed_record,
)

NAMES = {
    "officer": "陈思远",
    "section": "周敏",
    "attribute": "何佳",
    "secrecy": "郑立",
    "legality": "孙宁",
    "consent": "许可",
    "sign_off": "林建国",
    "editor": "吴晓",
    "ogi": "高远",
}
BODY = [
    {"type": "paragraph", "text": "各县（市、区）教育局，市直各学校："},
    {"type": "heading", "level": 1, "text": "一、总体要求"},
    {"type": "paragraph", "text": "落实食品安全校长负责制，开学前完成一次全面自查，发现问题立即整改。"},
    {"type": "heading", "level": 1, "text": "二、重点任务"},
    {
        "type": "table",
        "caption": "任务分工",
        "columns": ["任务", "牵头单位", "完成时限"],
        "rows": [["食堂自查", "市教育局", "3月底前"], ["陪餐制度", "各学校", "长期"]],
    },
    {"type": "paragraph", "text": "请于3月31日前将自查结果报送市教育局。"},
    {"type": "paragraph", "text": "云洲市教育局"},
    {"type": "paragraph", "text": "2026年3月2日"},
]

# Made up, with a right check digit.
WITH_NUMBER = {"type": "paragraph", "text": "联系人：王老师，身份证号11010119900307109X，电话0571-88880000。"}


class Scene:
    """The office, its people by key, its records by name."""

    def __init__(self) -> None:
        root = organ("11330000000", "云洲市人民政府", type="government")
        self.office = Office(parent=root)
        self.people: dict[str, Person] = dict(self.office.people)
        for key, name in NAMES.items():
            self.people[key].name = name
            self.people[key].save()
        for key, role in (
            ("system", Role.SYSTEM_ADMIN),
            ("security", Role.SECURITY_ADMIN),
            ("audit", Role.AUDIT_ADMIN),
        ):
            names = {"system": "钱系统", "security": "严安全", "audit": "沈审计"}
            self.people[key] = person(f"admin-{key}", root, role, with_subtree=True, name=names[key])
        deputy(self.people["section"], self.people["editor"])
        self.records: dict[str, Record] = {}
        self._make()
        self.items: dict[str, Record] = {}
        self._make_township(root)

    def _make(self) -> None:
        office, made = self.office, self.records
        made["public"] = public_record(office, body=BODY)
        made["draft"] = draft_record(
            office, title="关于开展2026年学校防溺水教育工作的通知", document_number="", body=[*BODY, WITH_NUMBER]
        )
        made["returned"] = draft_record(office, title="关于调整城区小学学区划分的公告", kind="notice")
        submit(made["returned"], actor=office.actor("officer"))
        return_for_correction(
            made["returned"],
            actor=office.actor("section"),
            reason="ground_missing",
            text="请补充公开依据，并核对第三条。",
        )
        made["review"] = draft_record(office, title="云洲市校园食品安全管理办法", kind="normative_document", body=BODY)
        submit(made["review"], actor=office.actor("officer"))
        agree(made["review"], "section", actor=office.actor("editor"), text="要素齐全，同意。")
        revise(
            made["review"],
            actor=office.actor("officer"),
            content=content(title="云洲市校园食品安全管理办法（试行）", body=[*BODY[:4], *BODY[5:]]),
        )
        made["signed"] = reviewed_record(office, title="关于公布2026年春季校历的通知", body=BODY)
        made["scheduled"] = reviewed_record(office, title="关于表彰优秀教师的公告", kind="notice")
        schedule(made["scheduled"], actor=office.actor("editor"), at=clock.now() + dt.timedelta(days=1))
        made["down"] = public_record(office, title="2025年教师招聘拟录用名单公示", kind="notice", document_number="")
        take_down(made["down"], actor=office.actor("editor"))
        made["correcting"] = public_record(office, title="关于做好学生体检工作的通知")
        correct(made["correcting"], actor=office.actor("editor"))
        made["repealing"] = draft_record(office, title="关于废止部分文件的通知")
        link(made["repealing"], actor=office.actor("officer"), target=made["public"], kind="repeals")
        submit(made["repealing"], actor=office.actor("officer"))
        made["late"] = draft_record(office, title="关于学校周边交通整治情况的通报", written_on="2026-01-20")
        submit(made["late"], actor=office.actor("officer"))
        publish(made["signed"], actor=office.actor("editor"))
        made["signed"] = reviewed_record(office, title="关于规范校外培训机构收费的通知", body=BODY)

    def _make_township(self, root: Organ) -> None:
        town = Office("11330000009", "云洲市清溪镇人民政府", parent=root, review_preset="township")
        reviewer = town.people["attribute"]
        Grant.objects.create(person=reviewer, role=Role.SECRECY_REVIEWER, organ=town.organ, valid_from=LONG_AGO)
        self.people |= {"township": town.people["officer"], "township-review": reviewer}
        self.items["editing"] = draft_record(town, kind="notice", body=BODY)
        self.items["review"] = draft_record(town, kind="notice", body=BODY)
        submit(self.items["review"], actor=town.actor("officer"))

    def path(self, name: str, tail: str = "") -> str:
        """The address of a record's dossier, or of something below it."""
        return f"/desk/records/{self.records[name].pk}/{tail}"
