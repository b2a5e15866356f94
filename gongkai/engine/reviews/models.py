"""Review, Step and Opinion: who read which edition, and what they said in writing."""

from __future__ import annotations

from django.db import models

from gongkai.engine.records.models import Edition, Record
from gongkai.ground.organs.models import Organ, Person


class Verdict(models.TextChoices):
    """What an opinion says."""

    AGREE = "agree", "同意"
    RETURN = "return", "退回"


class Review(models.Model):
    """One round of review (审核) of a record, from submission to sign-off or return."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    preset = models.CharField("审签流程", max_length=16)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "审核"
        constraints = [models.UniqueConstraint(fields=["record", "round"], name="review_round_once")]


class Step(models.Model):
    """A step of a review in the organ whose reviewer takes it.

    ``is_open`` and ``is_done`` are a projection for the desk; publication looks at the opinions themselves.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="steps")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16)
    group = models.CharField(max_length=16)
    is_open = models.BooleanField(default=False)
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name = "审核环节"
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["is_open", "code", "organ"])]


class Opinion(models.Model):
    """A reviewer's written opinion (意见), bound to the hash of the edition that was read. Never changed."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="opinions")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="opinions")
    edition_sha256 = models.CharField(max_length=64)
    reviewer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField("结论", max_length=8, choices=Verdict.choices)
    reason_code = models.CharField("退回原因", max_length=40, blank=True)
    text = models.TextField("意见", blank=True)
    at = models.DateTimeField()
    reaffirms = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "审核意见"
        ordering = ["pk"]
        indexes = [models.Index(fields=["edition_sha256"])]


class PresetChoice(models.Model):
    """Which preset an organ uses for a kind of record from a moment on (审签流程设定). The newest one counts.

    ``preset`` "" returns to what the kind and the organ ask for. Rows are only added: what was in use when stays known.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="preset_choices")
    kind = models.CharField("类别", max_length=40)
    preset = models.CharField("审签流程", max_length=16, blank=True)
    is_below_law = models.BooleanField("少于规定环节", default=False)
    reason = models.CharField("理由", max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "审签流程设定"
        indexes = [models.Index(fields=["organ", "kind", "-id"], name="preset_choice_newest")]

    def __str__(self) -> str:
        return self.kind


class Urging(models.Model):
    """An office or a drafter urged whoever holds a step, or an overdue record where no step waits (催办). Only added.

    ``state``: the record's state then; without a step it is open as long as the record stays in it.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="urgings")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="urgings")
    state = models.CharField(max_length=20)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("理由", max_length=200, blank=True)
    people = models.PositiveSmallIntegerField("通知人数")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "催办"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SecrecySheet(models.Model):
    """One sheet on which several items of an organ are reviewed for secrecy, each by itself (保密审查表)."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="secrecy_sheets")
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField("列表时间")

    class Meta:
        verbose_name = "保密审查表"
        indexes = [models.Index(fields=["organ", "-id"], name="secrecy_sheet_newest")]

    def __str__(self) -> str:
        return f"保密审查表 {self.pk}"


class SecrecyLine(models.Model):
    """An item of a sheet, bound to the edition that was current when the sheet was drawn up, and its opinion."""

    sheet = models.ForeignKey(SecrecySheet, models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField("序号")
    record = models.ForeignKey(Record, models.PROTECT, related_name="secrecy_lines")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    edition_sha256 = models.CharField(max_length=64)
    opinion = models.OneToOneField(Opinion, models.PROTECT, null=True, related_name="secrecy_line")

    class Meta:
        verbose_name = "保密审查表项"
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["sheet", "record"], name="secrecy_line_once")]
