"""Encrypted columns. The ciphertext is bound to model, field and primary key: moved elsewhere it does not open."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from gongkai.ground.files import keyring
from gongkai.ground.files.crypto import open_text, seal_text


class SealedValue:
    """What the database holds, not opened yet. Shows nothing when printed."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<sealed>"


class _Opening(DeferredAttribute):
    """Opens the value when the field of an instance is read for the first time."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, SealedValue):
            field = cast(EncryptedTextField, self.field)
            value = open_text(keyring.COLUMNS, value.token, field.bound_to(instance)).decode()
            instance.__dict__[field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # Having __set__ makes this the way to the value even when the instance already holds one.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField[str, str]):
    """A text kept encrypted, bound to its row by the primary key or by the columns in ``bound_by``.

    What it is bound by must be known before the first save (a UUID, a random salt) and never change.
    Written by ``save`` and ``bulk_create``; ``update`` and ``bulk_update`` are refused because they know no key. Cannot
    be filtered on: keep a ``blind_index`` beside it. "" stays "".
    """

    descriptor_class = _Opening

    def __init__(self, *args: Any, bound_by: tuple[str, ...] = ("pk",), **options: Any) -> None:
        super().__init__(*args, **options)
        self.bound_by = tuple(bound_by)

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, options = super().deconstruct()
        if self.bound_by != ("pk",):
            options["bound_by"] = self.bound_by
        return name, path, args, options

    def bound_to(self, instance: models.Model) -> str:
        """The name the ciphertext is bound to: ``app.model.field.pk``."""
        row = [getattr(instance, column) for column in self.bound_by]
        if None in row or "" in row:
            raise ValueError(
                f"{self.model._meta.label}.{self.name} is encrypted and needs {self.bound_by} before saving"
            )
        return ".".join([self.model._meta.label_lower, self.name, *(str(value) for value in row)])

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The value for the database. One that nobody opened is written back as it was."""
        del add
        value = model_instance.__dict__.get(self.attname, "")
        if isinstance(value, SealedValue) or not value:
            return value
        return SealedValue(seal_text(keyring.COLUMNS, str(value).encode(), self.bound_to(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """Only what was sealed may reach the database."""
        if isinstance(value, SealedValue):
            return value.token
        if not value:
            return value
        raise TypeError(f"{self.name} is encrypted: write it with save(), and search by its blind index")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> SealedValue | str | None:
        """Keep it sealed; the instance knows the key to open it."""
        del expression, connection
        return SealedValue(value) if value else value
