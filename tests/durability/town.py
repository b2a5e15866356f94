"""A town with one of everything that can be tampered with, made through the gate and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gongkai.engine.records.actions import correct, edit, link, publish, submit
from gongkai.engine.records.attachments import file_entries
from gongkai.engine.records.models import Edition, Facet, Publication, Record
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.files.actions import upload
from gongkai.ground.files.models import StoredFile
from gongkai.ground.register import triggers
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event
from tests.builders import Office, agree_to_all, draft_record, reviewed_record

PUBLIC_TEXT = "停车场名单：安和路、望湖路。".encode()
SEALED_TEXT = "还没有公开的附件。".encode()


@dataclass
class Town:
    """A rule with a file, corrected and later repealed; the document that repeals it; a draft with a sealed file."""

    office: Office
    rule: Record
    repealing: Record
    draft: Record
    public_file: StoredFile
    sealed_file: StoredFile

    @property
    def shown(self) -> Edition:
        """The edition of the rule that stands before the public."""
        assert self.rule.current is not None
        return self.rule.current

    @property
    def opinion(self) -> Opinion:
        """The sign-off of the repealing document."""
        return Opinion.objects.get(step__review__record=self.repealing, step__code="sign_off")

    @property
    def publication(self) -> Publication:
        """The standing publication of the rule."""
        return Publication.objects.get(record=self.rule, until_at__isnull=True)

    @property
    def facet(self) -> Facet:
        """One indexed value of the rule."""
        return Facet.objects.filter(record=self.rule).order_by("pk")[0]

    def event(self, name: str, record: Record | None = None) -> Event:
        """The last event of this name."""
        subject = str((record or self.rule).pk)
        return Event.objects.filter(subject_type="record", subject_id=subject, name=name).latest("pk")


def _attachment(office: Office, data: bytes, name: str) -> StoredFile:
    file, _ = upload(data, name, organ=office.organ, actor=office.actor("officer"))
    return file


def build_town() -> Town:
    """The town. Call it under a frozen clock."""
    office = Office("113300001", "云洲市人民政府办公室")
    officer, editor = office.actor("officer"), office.actor("editor")
    public_file = _attachment(office, PUBLIC_TEXT, "停车场名单.txt")
    sealed_file = _attachment(office, SEALED_TEXT, "草稿附件.txt")
    rule = reviewed_record(
        office, title="云洲市停车收费办法", files=file_entries([str(public_file.pk)], officer), subject_class="城乡建设"
    )
    publish(rule, actor=editor)
    correct(rule, actor=editor)
    assert rule.working is not None
    edit(rule, actor=officer, content=rule.working.content | {"change_note": "附件名称有误，现予更正。"})
    submit(rule, actor=officer)
    agree_to_all(office, rule)
    publish(rule, actor=editor)
    repealing = draft_record(office, title="云洲市停车管理办法")
    link(repealing, actor=officer, target=rule, kind="repeals")
    submit(repealing, actor=officer)
    agree_to_all(office, repealing)
    publish(repealing, actor=editor)
    draft = draft_record(office, title="还在起草的通知", files=file_entries([str(sealed_file.pk)], officer))
    seal()
    for row in (rule, public_file, sealed_file):
        row.refresh_from_db()
    return Town(office, rule, repealing, draft, public_file, sealed_file)


@contextmanager
def master_access() -> Iterator[Any]:
    """A cursor as somebody with the database's password has it: no trigger and no foreign key stands in the way."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield cursor
            cursor.execute("SET session_replication_role = origin")
        else:
            with triggers.suspended():
                yield cursor


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back: a test may leave dangling rows, its database may not."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
