"""Stored files: public ones by content, sealed ones encrypted under a random name."""

from __future__ import annotations

import uuid

from django.db import models

from gongkai.ground.files.fields import EncryptedTextField
from gongkai.ground.organs.models import Organ


class StorageClass(models.TextChoices):
    """How a file is kept (architecture, "Files")."""

    PUBLIC = "public", "公开"
    SEALED = "sealed", "加密保存"


class StoredFile(models.Model):
    """A file of an organ (附件). The bytes lie in FILES_DIR; what is destroyed keeps its commitment and salt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="files")
    storage_class = models.CharField("保存方式", max_length=8, choices=StorageClass.choices)
    sha256 = models.CharField("摘要", max_length=64, blank=True, help_text="公开文件的 SHA-256；加密保存的不记")
    salt = models.CharField("盐", max_length=64)
    commitment = models.CharField("加盐摘要", max_length=80)
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=100)
    name = models.CharField("文件名", max_length=200, blank=True)
    sealed_name = EncryptedTextField("文件名（加密）", blank=True, default="")
    wrapped_key = models.TextField("封装的数据密钥", blank=True)
    key_id = models.CharField("密钥编号", max_length=16, blank=True)
    is_virus_scanned = models.BooleanField("已做病毒扫描", default=False)
    created_at = models.DateTimeField("存入时间")
    released_at = models.DateTimeField("转为公开时间", null=True, blank=True)
    destroyed_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta:
        verbose_name = "文件"
        indexes = [models.Index(fields=["sha256"]), models.Index(fields=["organ", "created_at"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def state(self) -> str:
        """The state as the gate knows it."""
        return "destroyed" if self.destroyed_at is not None else self.storage_class

    @property
    def original_name(self) -> str:
        """The name under which it was uploaded, decrypted where the file is sealed."""
        return self.name if self.storage_class == StorageClass.PUBLIC else self.sealed_name
