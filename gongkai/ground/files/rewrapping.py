"""After a new key was added: everything that older keys sealed is sealed again with the newest (换封).

Done in small transactions; what is done carries the newest key's id, so an interrupted run goes on where it stopped.
Contents do not change: hashes, salts and proofs stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from gongkai.ground.files import keyring, storage
from gongkai.ground.files.crypto import SEALED_START, open_text, seal_text, sealed_start
from gongkai.ground.files.fields import EncryptedTextField, SealedValue
from gongkai.ground.files.models import StoredFile
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers

BATCH = 200


@dataclass(frozen=True)
class Rewrapped:
    """One thing looked at: where it is, and whether it could be opened and sealed again."""

    where: str
    is_done: bool


def encrypted_columns() -> list[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column of every app."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def sealed_rows(model: type[models.Model], column: str) -> QuerySet[models.Model]:
    """The rows of which this column holds a sealed text, with the text as ``token``."""
    rows = model._base_manager.annotate(token=Cast(F(column), TextField()))
    return rows.filter(token__startswith=SEALED_START)


def sealed_with(purpose: str, key_id: str) -> int:
    """How many texts or files a key seals."""
    start = sealed_start(keyring.key(purpose, key_id))
    if purpose == keyring.FILES:
        return StoredFile.objects.filter(wrapped_key__startswith=start).count()
    found = (sealed_rows(model, field.attname) for model, field in encrypted_columns())
    return sum(rows.filter(token__startswith=start).count() for rows in found)


def rewrap_files() -> Iterator[Rewrapped]:
    """The keys of the sealed files, wrapped with the newest key."""
    start = sealed_start(keyring.current_key(keyring.FILES))
    rows = StoredFile.objects.exclude(wrapped_key="").exclude(wrapped_key__startswith=start).order_by("pk")
    last = None
    while True:
        with transaction.atomic():
            batch = list((rows.filter(pk__gt=last) if last else rows).select_for_update()[:BATCH])
            done = [_rewrapped_file(file) for file in batch]
        if not batch:
            return
        last = batch[-1].pk
        yield from done


def _rewrapped_file(file: StoredFile) -> Rewrapped:
    where = f"files.storedfile {file.pk}"
    try:
        file.wrapped_key, file.key_id = storage.rewrapped(file)
    except Refused:
        return Rewrapped(where, is_done=False)
    file.save(update_fields=["wrapped_key", "key_id"])
    return Rewrapped(where, is_done=True)


def rewrap_columns() -> Iterator[Rewrapped]:
    """Every encrypted column, sealed with the newest key; tables that refuse changes let exactly this one pass."""
    for model, field in encrypted_columns():
        last = None
        while True:
            with transaction.atomic(), triggers.lifted(model._meta.db_table):
                batch = _outdated(model, field, last)
                done = [_rewrapped_text(row, field) for row in batch]
            if not batch:
                break
            last = batch[-1].pk
            yield from done


def _outdated(model: type[models.Model], field: EncryptedTextField, after: object) -> list[models.Model]:
    """The next rows whose text an older key sealed."""
    start = sealed_start(keyring.current_key(keyring.COLUMNS))
    rows = sealed_rows(model, field.attname).exclude(token__startswith=start).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.select_for_update(of=("self",))[:BATCH])


def _rewrapped_text(row: models.Model, field: EncryptedTextField) -> Rewrapped:
    where = f"{row._meta.label_lower}.{field.attname} {row.pk}"
    name = field.bound_to(row)
    try:
        plain = open_text(keyring.COLUMNS, getattr(row, "token", ""), name)
    except Refused:
        return Rewrapped(where, is_done=False)
    token = SealedValue(seal_text(keyring.COLUMNS, plain, name))
    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: token})
    return Rewrapped(where, is_done=True)
