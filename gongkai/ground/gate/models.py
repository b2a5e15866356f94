"""Idempotency keys: a submission repeated by a nervous client or a retrying system is done once."""

from __future__ import annotations

from django.db import models


class IdempotencyKey(models.Model):
    """A key an actor gave with a write, what was asked under it, and the answer; kept with the write itself."""

    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"])]
