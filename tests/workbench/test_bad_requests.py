"""Whatever is sent, a page answers: never an error of the server."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongkai.engine.records.models import EditBuffer, Record
from gongkai.ground.access.roles import Role
from gongkai.surfaces.workbench.models import SavedFilter
from tests.builders import draft_record, person, reviewed_record
from tests.workbench.people import Desk
from tests.workbench.test_editor import typed

pytestmark = pytest.mark.django_db

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/desk/records/{HUGE}/", 404),
        (f"/desk/records/{HUGE}/edit/", 404),
        (f"/desk/records/?after={HUGE}_{HUGE}", 200),
        (f"/desk/records/?before=-{HUGE}_1", 200),
        ("/desk/records/?after=1772413200000000_" + HUGE, 200),
        ("/desk/records/?after=-62135596800000000_1", 200),
        ("/desk/records/?after=253402300799999999_1", 200),
        ("/desk/records/?after=d700000_1", 200),
        ("/desk/work/?after=253402300799999999_1", 200),
        ("/desk/work/?before=d1_1", 200),
        ("/desk/queue/expiring/?after=253402300799999999_1", 200),
        ("/desk/prints/register/?organ=11330000001&first=9999-12-30&last=9999-12-31", 422),
        ("/desk/prints/register/?organ=11330000001&first=0001-01-01&last=0001-02-01", 422),
        ("/desk/records/?q=%00", 404),
        ("/desk/records/?q=%25%27%22", 200),
        ("/desk/records/?state=nothing&kind=nothing&organ=nothing", 200),
        ("/desk/new/?organ=nothing&kind=nothing", 200),
        (f"/desk/admin/people/{HUGE}/", 404),
    ],
)
def test_odd_addresses(desk: Desk, address: str, status: int) -> None:
    draft_record(desk.office)
    assert desk.client("officer").get(address).status_code == status


def test_odd_forms(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    base = f"/desk/records/{record.pk}/"
    assert client.post(f"{base}do/record.submit/", {"once_key": "\0" * 300, "seen": "x"}).status_code == 409
    assert client.post(f"{base}edit/", typed(record, body="甲\0乙")).status_code == 422
    assert client.post(f"{base}edit/", typed(record, seen=HUGE, files="no-uuid", title="好")).status_code == 302
    assert client.post(f"{base}edit/", typed(record, intent="mask-abc")).status_code == 200
    assert client.post(f"{base}edit/keep/", {"body": "甲\0乙"}).status_code == 200
    assert EditBuffer.objects.get().content == {"body": "甲乙"}
    assert client.post(f"{base}links/{HUGE}/remove/").status_code == 302
    assert client.post(f"{base}do/record.link/", {"kind": "nothing", "target": "x" * 500}).status_code == 422
    assert client.post("/desk/new/", {"way": "x"}).status_code == 422
    assert client.post("/desk/new/", {"step": "make"}).status_code == 422
    assert client.post("/desk/new/", {"source": SimpleUploadedFile("a.txt", b"")}).status_code == 422


def test_methods_that_are_not_asked_for(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    assert client.post("/desk/").status_code == 405
    assert client.put(f"/desk/records/{record.pk}/do/record.submit/").status_code == 405
    assert client.get(f"/desk/records/{record.pk}/mask/").status_code == 405
    assert client.delete(f"/desk/records/{record.pk}/").status_code == 405


def test_what_a_desk_shows_is_kept_by_no_cache(desk: Desk) -> None:
    record = draft_record(desk.office)
    for address in ("/desk/", f"/desk/records/{record.pk}/", "/desk/records/999/"):
        assert desk.client("officer").get(address).headers["Cache-Control"] == "no-store, private"


def test_a_number_of_five_thousand_digits_is_no_number(desk: Desk) -> None:
    record = draft_record(desk.office)
    digits = "9" * 5000
    saved = desk.client("officer").post(f"/desk/records/{record.pk}/edit/", {"title": "标题", "seen": digits})
    assert saved.status_code < 500
    auditor = person("auditor", desk.office.organ, Role.AUDIT_ADMIN, with_subtree=True)
    assert desk.client(auditor).get("/desk/admin/events/", {"before": digits}).status_code == 200


def test_a_zero_byte_in_a_body_breaks_nothing(desk: Desk) -> None:
    draft_record(desk.office)
    client = desk.client("officer")
    many = {"act": "submit", "step": "plan", "all": "1", "query": "q=a%00b&organ=\0"}
    assert client.post("/desk/records/many/", many).status_code == 200
    assert client.post("/desk/records/filters/", {"name": "我\0的", "query": "q=\0%00x"}).status_code == 302
    assert SavedFilter.objects.values_list("name", "query").get() == ("我的", "q=x")
    security = person("security", desk.office.organ, Role.SECURITY_ADMIN)
    assert desk.client(security).post("/desk/admin/security/log/export/", {"reason": "\0"}).status_code == 422


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_beyond_the_calendar_is_refused(desk: Desk, moment: str) -> None:
    record = reviewed_record(desk.office)
    asked = {"at": moment, "once_key": "k1"}
    answer = desk.client("editor").post(f"/desk/records/{record.pk}/do/record.schedule/", asked)
    assert answer.status_code == 422
    assert Record.objects.get(pk=record.pk).scheduled_for is None
