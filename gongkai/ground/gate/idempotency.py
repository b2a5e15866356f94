"""Do a write once per key, however often it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.gate.door import traced
from gongkai.ground.gate.models import IdempotencyKey
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.canonical import canonical_json, sha256_hex

#: How long a repeated request is still answered with the first answer.
KEPT = dt.timedelta(days=30)
REUSED = wording(
    "gate.key_reused",
    what="同一幂等键已用于另一项内容不同的请求。",
    todo="请为新的请求换用新的 Idempotency-Key。",
    status=422,
)


def once(key: str, asked: Any, actor: Actor, do: Callable[[], Any]) -> tuple[Any, bool]:
    """Run ``do`` in one transaction with its key and return (JSON answer, was it done now).

    The same actor with the same key and the same request gets the first answer again; a different request under a
    used key is refused. Keys are rows of the same transaction, so a killed process leaves neither or both.
    """
    print_of_request = blind_index("gate.idempotency", sha256_hex(canonical_json(asked)))
    with traced(actor, "idempotent"), transaction.atomic():
        row, is_new = IdempotencyKey.objects.select_for_update().get_or_create(
            actor=actor.ref, key=key, defaults={"fingerprint": print_of_request, "created_at": clock.now()}
        )
        if not is_new:
            if row.fingerprint != print_of_request:
                raise Refused(REUSED, where="Idempotency-Key")
            return row.answer, False
        row.answer = do()
        row.save(update_fields=["answer"])
        return row.answer, True


def forget_old_keys() -> int:
    """Delete the keys of writes that nobody repeats any more; how many (the tick calls this)."""
    old = IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT)
    count, _ = old.delete()
    return count
