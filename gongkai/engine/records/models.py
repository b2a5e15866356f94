"""Record, Edition, Facet, Publication, Link, and the buffer in which an editor's autosave lies."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from gongkai.ground.files.fields import EncryptedTextField
from gongkai.ground.files.models import StoredFile
from gongkai.ground.organs.models import Organ, Person


class Disclosure(models.TextChoices):
    """Disclosure attribute (公开属性), determined at drafting (条例 Articles 13 to 16)."""

    PROACTIVE = "proactive", "主动公开"
    ON_APPLICATION = "on_application", "依申请公开"
    WITHHELD = "withheld", "不予公开"


class Validity(models.TextChoices):
    """Validity (有效性) of a rule or document; a projection of links and dates, never typed in."""

    IN_FORCE = "in_force", "现行有效"
    AMENDED = "amended", "已修改"
    LAPSED = "lapsed", "失效"
    REPEALED = "repealed", "废止"


class LinkKind(models.TextChoices):
    """How one record relates to another."""

    INTERPRETS = "interprets", "解读"
    BASED_ON = "based_on", "依据"
    AMENDS = "amends", "修改"
    REPEALS = "repeals", "废止"
    REPLACES = "replaces", "替代"
    FORWARDS = "forwards", "转发"
    LAPSES = "lapses", "宣布失效"
    KEEPS = "keeps", "清理后继续有效"
    TO_AMEND = "to_amend", "列入修改"


class CleanUpOutcome(models.TextChoices):
    """What a clean-up (清理) decides about a document."""

    REPEALED = "repealed", "废止"
    LAPSED = "lapsed", "宣布失效"
    KEPT = "kept", "继续有效"
    TO_AMEND = "to_amend", "拟修改"


class Record(models.Model):
    """Anything an organ makes public, or decides not to (公开信息).

    The columns are a projection of ``current``: the public edition, or the newest one while none is public.
    ``working`` is the newest edition, which reviewers read. ``register verify`` compares columns and edition.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类别", max_length=40)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="records")
    co_issuers = models.ManyToManyField(Organ, related_name="co_issued", blank=True)
    state = models.CharField("状态", max_length=20)
    preset = models.CharField("审签流程", max_length=16)
    drafter = models.ForeignKey(Person, models.PROTECT, null=True, related_name="drafted_records")
    current = models.ForeignKey("Edition", models.PROTECT, null=True, related_name="+")
    working = models.ForeignKey("Edition", models.PROTECT, null=True, related_name="+")
    index_number = models.CharField("索引号", max_length=60, null=True, unique=True)
    title = models.CharField("标题", max_length=500)
    document_number = models.CharField("发文字号", max_length=80, blank=True)
    written_on = models.DateField("成文日期", null=True)
    disclosure = models.CharField("公开属性", max_length=16, blank=True)
    disclosure_basis = models.CharField("公开依据", max_length=40, blank=True)
    subject_class = models.CharField("主题分类", max_length=60, blank=True)
    genre = models.CharField("体裁", max_length=20, blank=True)
    effective_from = models.DateField("施行日期", null=True)
    effective_until = models.DateField("失效日期", null=True)
    validity = models.CharField("有效性", max_length=12, default=Validity.IN_FORCE)
    catalogue_entry = models.CharField("公开事项", max_length=40, blank=True)
    is_visible = models.BooleanField("对外可见", default=False)
    published_at = models.DateTimeField("首次发布", null=True)
    scheduled_for = models.DateTimeField("定时发布", null=True)
    review_again_on = models.DateField("属性复查日", null=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "公开信息"
        indexes = [
            models.Index(fields=["is_visible", "-published_at", "-id"], name="record_public_list"),
            models.Index(fields=["is_visible", "kind", "-published_at", "-id"], name="record_public_kind"),
            models.Index(fields=["is_visible", "organ", "-published_at", "-id"], name="record_public_organ"),
            models.Index(fields=["organ", "state", "-changed_at", "-id"], name="record_desk"),
            models.Index(fields=["state", "scheduled_for"], name="record_scheduled"),
            models.Index(fields=["document_number"], name="record_number"),
            models.Index(fields=["validity", "effective_until"], name="record_expiry"),
            models.Index(fields=["review_again_on"], name="record_recheck", condition=Q(review_again_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """One immutable content of a record (版本). ``canonical`` is the canonical JSON whose SHA-256 is ``sha256``.

    The database refuses update and delete; only expunging may empty ``canonical``, and then hash and salt stay.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    schema = models.CharField(max_length=60)
    # Drafts hold what must not be read: the text lies encrypted, as public editions do once they are.
    canonical: models.TextField[str | None, str | None] = EncryptedTextField(  # type: ignore[assignment,misc]
        null=True, bound_by=("salt",)
    )
    sha256 = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expunged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "版本"
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="edition_once")]

    def as_json(self) -> dict[str, Any]:
        """The whole edition as it was hashed; empty once expunged."""
        loaded: dict[str, Any] = json.loads(self.canonical) if self.canonical else {}
        return loaded

    @property
    def content(self) -> dict[str, Any]:
        """The content by the kind's schema; empty once expunged."""
        content: dict[str, Any] = self.as_json().get("content", {})
        return content

    @property
    def files(self) -> list[dict[str, Any]]:
        """The attachments: id, name, media type, size, commitment or hash."""
        files: list[dict[str, Any]] = self.as_json().get("files", [])
        return files


class Facet(models.Model):
    """One indexed value of the current edition (检索项); JSON is never filtered on."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="facets")
    key = models.CharField(max_length=40)
    text = models.CharField(max_length=200, blank=True)
    number = models.BigIntegerField(null=True)
    date = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["key", "text", "record"]),
            models.Index(fields=["key", "number"]),
            models.Index(fields=["key", "date"]),
        ]


class Publication(models.Model):
    """The fact that an edition stood on a channel, from when until when, and why it ended (发布登记)."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="publications")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="publications")
    channel = models.CharField("渠道", max_length=40, default="portal")
    from_at = models.DateTimeField("自")
    until_at = models.DateTimeField("至", null=True)
    reason = models.CharField("终止原因", max_length=40, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "发布登记"
        indexes = [
            models.Index(fields=["record", "from_at"]),
            models.Index(fields=["channel", "until_at", "record"], name="publication_channel"),
        ]


class Link(models.Model):
    """A typed relation from one record to another (关联).

    ``takes_effect_on``: the day from which it changes the other's validity, where that is not the day of publication.
    ``took_effect_on``: the day since which it has; set by the act that marks the other record.
    """

    source = models.ForeignKey(Record, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Record, models.PROTECT, related_name="links_in")
    kind = models.CharField("关系", max_length=16, choices=LinkKind.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    takes_effect_on = models.DateField("生效日期", null=True)
    took_effect_on = models.DateField("已生效日期", null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "关联"
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once")]
        indexes = [models.Index(fields=["took_effect_on", "takes_effect_on"], name="link_due")]


class CleanUp(models.Model):
    """One decision about the validity of many documents (文件清理). The database refuses to change it.

    The decision is a public record, or, where it stands nowhere here, a title with its number and date.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="clean_ups")
    decision = models.ForeignKey(Record, models.PROTECT, null=True, related_name="clean_ups")
    decision_title = models.CharField("决定名称", max_length=500, blank=True)
    decision_number = models.CharField("决定文号", max_length=80, blank=True)
    decided_on = models.DateField("决定日期")
    note = models.CharField("说明", max_length=300, blank=True)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = "文件清理"
        indexes = [models.Index(fields=["organ", "-declared_at", "-id"], name="clean_up_list")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The decision's title: the record's own, so that a cleared record leaves none here."""
        return self.decision.title if self.decision is not None else self.decision_title

    @property
    def number(self) -> str:
        """The decision's document number."""
        return self.decision.document_number if self.decision is not None else self.decision_number


class CleanUpItem(models.Model):
    """What a clean-up decided about one document, and since when. The database refuses to change it."""

    clean_up = models.ForeignKey(CleanUp, models.PROTECT, related_name="items")
    record = models.ForeignKey(Record, models.PROTECT, related_name="clean_up_items")
    outcome = models.CharField("清理结果", max_length=12, choices=CleanUpOutcome.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    took_effect_on = models.DateField("自")

    class Meta:
        verbose_name = "清理结果"
        constraints = [models.UniqueConstraint(fields=["clean_up", "record"], name="clean_up_item_once")]


class EditBuffer(models.Model):
    """What an editor's autosave kept and nobody has saved as an edition yet; one per record and person."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="buffers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    based_on = models.PositiveIntegerField()
    sealed_content = EncryptedTextField(bound_by=("record_id", "person_id"))
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="buffer_once")]

    @property
    def content(self) -> dict[str, Any]:
        """What stood in the editor."""
        kept: dict[str, Any] = json.loads(self.sealed_content)
        return kept


class Setback(models.Model):
    """What a worker could not do for one record (后台办理失败): which duty, why, since when; gone once it is done.

    Tried again later and later, so that one record that cannot be read never keeps the others waiting.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="setbacks")
    duty = models.CharField("事项", max_length=20)
    failure = models.CharField("原因", max_length=80)
    attempts = models.PositiveIntegerField("尝试", default=0)
    since = models.DateTimeField()
    try_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "duty"], name="setback_once")]


class ExpungeOrder(models.Model):
    """The order of two persons to expunge a record (清除): who asked, who confirmed, on which ground.

    Confirmed and not yet ``erased_at``: the database still owes overwriting the space where the text lay.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="expunge_orders")
    # Unknown only where a restored backup is older than the person (恢复备份后再次清除).
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ground = models.CharField("依据", max_length=40)
    note = EncryptedTextField("说明", blank=True, default="", bound_by=("record_id", "asked_by_id"))
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class Purpose(models.TextChoices):
    """What a paper kept with a record is."""

    REVIEW_SHEET = "review_sheet", "审签单"
    ORIGINAL = "original", "签发原件"
    FILING = "filing", "备案材料"
    FAIR_COMPETITION = "fair_competition", "公平竞争审查"
    LEGALITY = "legality", "合法性审核意见"


class SealedPaper(models.Model):
    """A paper kept with a record and never published (随附材料): the OA system's review sheet, the signed original.

    So are the proof of its filing (备案), the fair-competition review and the legality review of a normative document.
    Its file is sealed and never named by an edition. Who signed what stands encrypted in ``sealed_signatures``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, models.PROTECT, related_name="papers")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="paper")
    purpose = models.CharField("用途", max_length=16, choices=Purpose.choices)
    number = models.CharField("材料编号", max_length=80, blank=True)
    dated_on = models.DateField("材料日期", null=True)
    sealed_signatures = EncryptedTextField("签批", blank=True, default="")
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField("归入时间")

    class Meta:
        verbose_name = "随附材料"
        indexes = [models.Index(fields=["record", "filed_at"])]

    @property
    def signatures(self) -> list[dict[str, str]]:
        """Step, name, opinion and day of everybody who signed, as the sheet says."""
        kept: list[dict[str, str]] = json.loads(self.sealed_signatures) if self.sealed_signatures else []
        return kept


class IndexCounter(models.Model):
    """The last serial given under a front part in a year."""

    front = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["front", "year"], name="index_counter_once")]
