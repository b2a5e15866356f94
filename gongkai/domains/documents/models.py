"""The ledgers of the ways in: what an OA system delivered, and what an import took."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models

from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.files.fields import EncryptedTextField
from gongkai.ground.organs.models import Organ, Person


class Way(models.TextChoices):
    """How a delivery came."""

    API = "api", "接口"
    FOLDER = "folder", "文件夹"


class Delivery(models.Model):
    """A signed document that another system delivered (交换接收), and the record that was made of it.

    Written in the transaction that makes the record. ``source_print`` is a blind index of the document's bytes: equal
    bytes make one record; ``turn`` counts up when that record was discarded since. What was received is encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    way = models.CharField("途径", max_length=8, choices=Way.choices)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(Person, models.PROTECT, null=True, related_name="deliveries")
    record = models.ForeignKey(Record, models.PROTECT, related_name="deliveries")
    source_print = models.CharField(max_length=64)
    turn = models.PositiveSmallIntegerField(default=0)
    sealed_receipt = EncryptedTextField("回执内容")
    received_at = models.DateTimeField("接收时间")

    class Meta:
        verbose_name = "交换接收"
        constraints = [models.UniqueConstraint(fields=["organ", "source_print", "turn"], name="delivery_once")]
        indexes = [models.Index(fields=["received_at"])]

    @property
    def number(self) -> str:
        """The number on the receipt (回执号)."""
        return f"JS{clock.day_of(self.received_at):%Y%m%d}-{self.pk.hex[:8].upper()}"

    @property
    def received(self) -> dict[str, Any]:
        """Hashes of what was received, and the warnings."""
        kept: dict[str, Any] = json.loads(self.sealed_receipt)
        return kept


class ImportBatch(models.Model):
    """An import that can be started again (导入批次): its name, its organ, how far it came."""

    name = models.CharField("名称", max_length=80, unique=True)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="import_batches")
    account = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    already_public = models.CharField("迁移意见", max_length=500, blank=True)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)

    class Meta:
        verbose_name = "导入批次"

    def __str__(self) -> str:
        return self.name


class ImportOutcome(models.TextChoices):
    """What became of a file of an import."""

    TAKEN = "taken", "已导入"
    TWIN = "twin", "重复"
    REFUSED = "refused", "未导入"


class ImportItem(models.Model):
    """One source of an import batch (导入条目): its bytes' print, the record it became, and what is doubtful.

    Written in the transaction that makes the record, so that a killed import goes on where it stopped.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="items")
    source_print = models.CharField(max_length=64)
    salt = models.UUIDField(default=uuid.uuid4, editable=False)
    outcome = models.CharField("结果", max_length=8, choices=ImportOutcome.choices)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="import_items")
    doubts = models.PositiveIntegerField("疑点数", default=0)
    sealed_line = EncryptedTextField("读出的内容", bound_by=("salt",))
    at = models.DateTimeField()

    class Meta:
        verbose_name = "导入条目"
        constraints = [models.UniqueConstraint(fields=["batch", "source_print"], name="import_item_once")]
        indexes = [
            models.Index(fields=["batch", "-at", "-id"]),
            models.Index(fields=["batch", "outcome", "-at", "-id"]),
        ]

    @property
    def line(self) -> dict[str, Any]:
        """What the import printed of it."""
        kept: dict[str, Any] = json.loads(self.sealed_line)
        return kept
