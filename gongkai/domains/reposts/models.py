"""Feeds of superior organs, and what stood in them."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ


class Feed(models.Model):
    """A feed (RSS or Atom) of a superior organ that an organ follows (上级订阅源)."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="feeds")
    name = models.CharField("来源名称", max_length=120)
    url = models.CharField("订阅地址", max_length=500)
    is_active = models.BooleanField("在用", default=True)
    poll_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField("失败原因", max_length=80, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "上级订阅源"
        indexes = [models.Index(fields=["is_active", "poll_at"], name="feed_due")]
        constraints = [models.UniqueConstraint(fields=["organ", "url"], name="feed_once")]

    def __str__(self) -> str:
        return self.name


class Decision(models.TextChoices):
    """What became of an entry (线索的处理)."""

    WAITING = "waiting", "待转载"
    REPOSTED = "reposted", "已建转载"
    SET_ASIDE = "set_aside", "不转载"


class FeedEntry(models.Model):
    """One entry of a feed (上级文件线索): suggested, then reposted or set aside. ``key``: hash over guid and link."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="entries")
    key = models.CharField(max_length=64)
    decision = models.CharField("处理", max_length=12, choices=Decision.choices, default=Decision.WAITING)
    title = models.CharField("标题", max_length=500)
    link = models.CharField("网址", max_length=500)
    summary = models.TextField("摘要", blank=True)
    published_at = models.DateTimeField("来源发布", null=True)
    found_at = models.DateTimeField("发现")
    record = models.ForeignKey("records.Record", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "上级文件线索"
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="feed_entry_once")]
        indexes = [models.Index(fields=["decision", "-found_at", "-id"], name="feed_entry_list")]

    def __str__(self) -> str:
        return self.title
