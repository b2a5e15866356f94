"""Where a record stands beside the portal: columns of the site, and targets on other platforms with what they are owed.

This package lies below records: it names them by key, and records call it inside their own transactions.
"""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ


class Column(models.Model):
    """A column of an organ's site (栏目): all records of some kinds, or those picked by hand.

    ``cadence`` is the key of the rule by which it must be updated, "" for none (requirements 6.7).
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="columns")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField("名称", max_length=60)
    slug = models.SlugField("地址名", max_length=60, unique=True)
    order = models.PositiveIntegerField("次序", default=0)
    lead = models.CharField("说明", max_length=200, blank=True)
    is_picked = models.BooleanField("逐件选入", default=False)
    kinds = models.JSONField("类别", default=list, blank=True)
    with_below = models.BooleanField("含下级机关", default=False)
    cadence = models.CharField("更新要求", max_length=60, blank=True)
    valid_from = models.DateField("启用日期")
    valid_until = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "栏目"
        indexes = [models.Index(fields=["organ", "parent", "order"], name="column_tree")]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """A channel chosen for a record before or after it is public (选定的发布渠道); the portal itself needs none."""

    record = models.ForeignKey("records.Record", models.CASCADE, related_name="placements")
    channel = models.CharField("渠道", max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "channel"], name="placement_once")]


class PushAct(models.TextChoices):
    """What a target is told."""

    SHOW = "show", "发布"
    TAKE_BACK = "take_back", "撤下"


class ReadBack(models.TextChoices):
    """What stood at the target's address when it was read (核对结果)."""

    VERIFIED = "verified", "核对一致"
    DIFFERS = "differs", "内容不一致"
    MISSING = "missing", "没有找到"


class Push(models.Model):
    """One publication, or its end, that a target must be told of (推送): owed until ``done_at`` is set, never given up.

    ``dropped_at``: the publication ended before the target was told, or it was told of the end instead.
    """

    publication = models.ForeignKey("records.Publication", models.PROTECT, related_name="pushes")
    target = models.CharField("推送目标", max_length=34)
    act = models.CharField(max_length=12, choices=PushAct.choices)
    queued_at = models.DateTimeField()
    try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    receipt = models.CharField("回执", max_length=80, blank=True)
    failure = models.CharField("失败原因", max_length=80, blank=True)
    address = models.CharField("对方地址", max_length=500, blank=True)
    read_due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    reads = models.PositiveIntegerField(default=0)
    reading = models.CharField("核对结果", max_length=12, choices=ReadBack.choices, blank=True)

    class Meta:
        verbose_name = "推送"
        constraints = [models.UniqueConstraint(fields=["publication", "act"], name="push_once")]
        indexes = [
            models.Index(fields=["done_at", "dropped_at", "try_at"], name="push_owed"),
            models.Index(fields=["read_due_at"], name="push_reading"),
        ]
