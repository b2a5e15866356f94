"""A new signing key for the running log; the old one stays published, for what it signed (签名密钥轮换).

The change is itself a public event, sealed while the old key still signs: whoever trusts the old key finds the new one
under its signature. Every step can be repeated; `KEYS_DIR/register-….next.key` says that a rotation is under way.
"""

from __future__ import annotations

from django.db import transaction

from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.log import NewEvent, append, current_log, is_only_sealer, latest_checkpoint, seal
from gongkai.ground.register.models import Event, Log
from gongkai.ground.register.signing import PublicKey, new_signer, next_signer, published_key, take_over

EVENT = "register.key_changed"
NO_LOG = wording(
    "register.no-log",
    what="存证日志尚未建立，还没有签名密钥。",
    todo="发布第一条信息后会自动生成；无需轮换。",
)
NOT_SEALED_YET = wording(
    "register.rotation-waits",
    what="更换签名密钥的事件还没有写入检查点。",
    todo="请确认存证正常（gongkai register verify）后再次运行，轮换将从中断处继续。",
    status=503,
)


def rotate_signing_key(*, actor: str) -> PublicKey:
    """Change the key of the current log; returns the new public key. Goes on where an interrupted rotation stopped."""
    log = current_log()
    if log is None:
        raise Refused(NO_LOG)
    before = published_key(log.origin)
    after = next_signer(log.origin) or new_signer(log.origin)
    if before != after.public:
        _announce(log, before, after.public, actor)
    with transaction.atomic():
        # Nobody signs between the last checkpoint of the old key and the first of the new.
        if not is_only_sealer():
            raise Refused(NOT_SEALED_YET)
        last = latest_checkpoint(log)
        take_over(log.origin, after, until=last.size if last else 0)
    return after.public


def _announce(log: Log, before: PublicKey, after: PublicKey, actor: str) -> None:
    """The public event that names both keys, in the tree under the old key's signature."""
    told = {"event": EVENT, "log": log.origin, "old_key": before.vkey, "new_key": after.vkey}
    known = Event.objects.filter(subject_type="register", name=EVENT, public=told)
    if not known.exists():
        with transaction.atomic():
            append([NewEvent("register", log.origin[:40], EVENT, actor, public=told)])
    for _ in range(100):
        if known.filter(leaf__isnull=False).exists():
            return
        seal()
    raise Refused(NOT_SEALED_YET)
