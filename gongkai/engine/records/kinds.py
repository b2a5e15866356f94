"""What a kind of record is: one frozen declaration, with every property stated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from gongkai.engine.records.content import Content


@dataclass(frozen=True)
class FacetValue:
    """One value to be indexed."""

    key: str
    text: str = ""
    number: int | None = None
    date: dt.date | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record. Domains register theirs in ``kinds``; no code outside domains asks for a concrete one.

    Labels, hints and widgets of the editor and the parts of the page follow from the schema: a field's ``title`` and
    ``description``, and its type. ``section``: the section of the disclosure column it stands in besides the list of
    what must be disclosed (``guide``, ``system`` or ""). ``is_ledgered``: it belongs to the ledger of rules and
    normative documents. ``template``: ``portal/kinds/<template>.html`` is its page.
    """

    code: str
    name: str
    plural: str
    schema: type[Content]
    schema_version: int
    facets: Callable[[Content], list[FacetValue]]
    is_document: bool
    is_policy: bool
    has_validity: bool
    is_ledgered: bool
    section: str
    default_genre: str
    statutory_category: str
    clocks: tuple[str, ...]
    letters: tuple[str, ...]
    desk: str
    template: str
    presets: Mapping[str, str]
    search_weight: int
    annual_report_row: str
    #: The provision that asks for legality review (合法性审核) before such a document is issued; "" where none does.
    legality_law: str = ""
    #: Fields that are another organ's words: once drafted, only ``record.renew`` changes them, from the source.
    fixed_fields: tuple[str, ...] = ()

    @property
    def schema_name(self) -> str:
        """What an edition names as its schema."""
        return f"{self.code}/{self.schema_version}"

    @property
    def own_fields(self) -> dict[str, FieldInfo]:
        """The fields this kind adds to what every record has."""
        return {name: info for name, info in self.schema.model_fields.items() if name not in Content.model_fields}


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Register a kind. A code is registered once."""
    if kind.code in KINDS:
        raise ValueError(f"kind {kind.code} is registered twice")
    KINDS[kind.code] = kind
    return kind
