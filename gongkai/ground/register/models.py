"""The tables of the public register (发布存证).

Triggers refuse to update or delete anything but the outbox and the tree nodes, which can be made again from the leaves.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Log(models.Model):
    """One Merkle tree with a name of its own. A restore opens a new log (续接) that names the end of the old one."""

    origin = models.CharField("日志名称", max_length=160, unique=True)
    predecessor_origin = models.CharField("前一日志", max_length=160, blank=True)
    predecessor_size = models.BigIntegerField("前一日志已公布的条数", default=0)
    predecessor_root = models.CharField("前一日志已公布的树根", max_length=64, blank=True)
    opened_at = models.DateTimeField("开启时间")

    def __str__(self) -> str:
        return self.origin


class Event(models.Model):
    """What happened, once (事件). Never changed, never deleted, never joined by a cascading foreign key.

    ``data`` is the closed part, ``public`` the opened part ({} unless the event made something public; never personal
    data). Both are committed to by ``leaf_hash`` under their salts, see `leaf.py`.
    """

    subject_type = models.CharField("对象类型", max_length=24)
    subject_id = models.CharField("对象编号", max_length=40)
    name = models.CharField("事件", max_length=60)
    actor = models.CharField("经办", max_length=60)
    on_behalf_of = models.CharField("代何人", max_length=60, blank=True)
    organ_id = models.BigIntegerField("机关", null=True, blank=True)
    at = models.DateTimeField("时间")
    data = models.JSONField("内容", default=dict)
    public = models.JSONField("公开内容", default=dict)
    is_public = models.BooleanField("有公开内容", default=False)
    salt = models.CharField("盐", max_length=64)
    public_salt = models.CharField("公开内容的盐", max_length=64)
    leaf_hash = models.CharField("叶哈希", max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["name", "at"], name="event_name_at"),
            models.Index(fields=["organ_id", "id"], name="event_organ"),
            models.Index(fields=["actor", "id"], name="event_actor"),
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(fields=["at"], name="event_public_at", condition=Q(is_public=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class UnsealedEvent(models.Model):
    """The outbox (待入树): an event that no leaf holds yet. Written with the event, removed by the sealer."""

    event = models.OneToOneField(
        Event, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="unsealed"
    )

    def __str__(self) -> str:
        return str(self.pk)


class Leaf(models.Model):
    """The place of an event in the tree of a log (叶)."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="leaves", db_index=False)
    index = models.BigIntegerField("序号")
    event = models.OneToOneField(Event, models.DO_NOTHING, db_constraint=False, related_name="leaf")
    leaf_hash = models.CharField("叶哈希", max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "index"], name="leaf_place")]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.index}"


class TreeNode(models.Model):
    """The hash of a complete subtree above the leaves (节点); written once, when its last leaf arrives."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="nodes", db_index=False)
    level = models.SmallIntegerField("层")
    index = models.BigIntegerField("序号")
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "level", "index"], name="node_place")]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of size and root (检查点), also written outside the database."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.BigIntegerField("条数")
    root = models.CharField("树根", max_length=64)
    note = models.TextField("签名文本")
    at = models.DateTimeField("时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="checkpoint_size")]

    def __str__(self) -> str:
        return f"{self.log_id}@{self.size}"


class Verification(models.Model):
    """A verification of the whole register that somebody asked for (存证核验), and what it found.

    Asked for and not finished, it is owed: a worker does it, and the tick finds what a dead worker left. The outcome is
    an event, too, so that it stands in the tree.
    """

    asked_by = models.CharField("提出人", max_length=60)
    asked_at = models.DateTimeField("提出时间")
    organ_id = models.BigIntegerField("机关", null=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    is_sound = models.BooleanField("一致", null=True)
    total = models.PositiveIntegerField("不一致", default=0)
    unsealed = models.PositiveIntegerField("待入树", default=0)
    # The first hundred, as places, codes and sentences; the command line names them all.
    differences = models.JSONField("不一致之处", default=list)
    checked = models.JSONField("核对数量", default=dict)

    class Meta:
        indexes = [models.Index(fields=["finished_at"], name="verification_owed")]

    def __str__(self) -> str:
        return f"#{self.pk}"
