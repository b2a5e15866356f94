"""Years entered on the running system: each entry is a new row, none is ever overwritten."""

from __future__ import annotations

import uuid

from django.db import models


class CalendarYear(models.Model):
    """One entered year of one region (放假调休安排). The latest row of a (region, year) is the one in use."""

    # A key of its own: a row id may come back after a rollback, and calendars are kept by it.
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.CharField("地区", max_length=32)
    region_name = models.CharField("地区名称", max_length=60)
    base = models.CharField("所依附的日历", max_length=32, blank=True)
    year = models.PositiveSmallIntegerField("年份")
    status = models.CharField("状态", max_length=12)
    source = models.JSONField("来源")
    off = models.JSONField("放假日期")
    work = models.JSONField("调休上班日期")
    reason = models.CharField("更改理由", max_length=200, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=60)

    class Meta:
        verbose_name = "工作日历年度"
        indexes = [models.Index(fields=["region", "year", "id"], name="calendar_year_latest")]

    def __str__(self) -> str:
        return f"{self.region_name}{self.year}年"
