"""An attachment is looked through like the text: what may not be shown keeps the record from sign-off."""

from __future__ import annotations

import pytest

from gongkai.engine.checks.queries import findings
from gongkai.engine.records.actions import revise, submit
from gongkai.engine.records.attachments import file_entries
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree
from gongkai.ground.files.actions import upload
from gongkai.ground.refusal import Refused
from tests.builders import Office, content, draft_record

pytestmark = pytest.mark.django_db
NUMBER = "110101199003074514"


def with_file(office: Office, text: str) -> Record:
    officer = office.actor("officer")
    stored, _ = upload(text.encode(), "名单.txt", organ=office.organ, actor=officer)
    return draft_record(office, files=file_entries([str(stored.pk)], officer))


def test_an_identity_number_in_an_attachment_keeps_the_record_from_sign_off() -> None:
    office = Office()
    record = with_file(office, f"获奖人员名单\n张三，身份证号{NUMBER}。\n")
    found = findings("record", str(record.pk), record.working.sha256).get(type="identity-number")
    assert found.place["file"] == 0
    assert NUMBER not in f"{found.place}{found.shown}"
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    with pytest.raises(Refused) as refused:
        agree(record, "sign_off", actor=office.actor("sign_off"))
    assert refused.value.code == "reviews.undecided_findings"
    record.refresh_from_db()
    assert record.state == "in_review"
    revise(record, actor=office.actor("officer"), content=content(), files=[])
    for step in ("section", "secrecy", "sign_off"):
        agree(record, step, actor=office.actor(step))
    assert record.state == "signed_off"


def test_a_clean_attachment_is_no_obstacle() -> None:
    office = Office()
    record = with_file(office, "获奖学校名单\n云洲市第一中学。\n")
    assert not findings("record", str(record.pk), record.working.sha256).exists()


def test_a_picture_asks_a_person_to_look() -> None:
    office = Office()
    officer = office.actor("officer")
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    stored, _ = upload(picture.getvalue(), "图.png", organ=office.organ, actor=officer)
    record = draft_record(office, files=file_entries([str(stored.pk)], officer))
    found = findings("record", str(record.pk), record.working.sha256).get()
    assert (found.type, found.severity) == ("unreadable", "warn")
