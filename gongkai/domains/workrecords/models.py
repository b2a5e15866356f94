"""A work record: what was done, when, by whom, with what result. Internal; it is never published."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from gongkai.ground.files.fields import EncryptedTextField
from gongkai.ground.files.models import StoredFile
from gongkai.ground.organs.models import Organ, Person


class WorkRecord(models.Model):
    """One thing done in the open-government work (工作记录): a training, a meeting, a call, a delivery.

    The result is free text and may name people: it lies encrypted. ``fingerprint`` is a keyed digest of the whole line,
    so that the same line of a workbook is entered once.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="work_records")
    category = models.CharField("类别", max_length=40)
    done_on = models.DateField("日期")
    matter = models.CharField("事项", max_length=200)
    handler = models.ForeignKey(Person, models.PROTECT, related_name="work_records")
    result = EncryptedTextField("结果", blank=True, default="", bound_by=("ref",))
    attachment = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="work_record")
    state = models.CharField("状态", max_length=12)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "工作记录"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "fingerprint"], condition=Q(state="entered"), name="work_record_once"
            )
        ]
        indexes = [
            models.Index(fields=["organ", "-done_on", "-id"], name="work_record_list"),
            models.Index(fields=["organ", "category", "-done_on", "-id"], name="work_record_category"),
        ]

    def __str__(self) -> str:
        return self.matter
