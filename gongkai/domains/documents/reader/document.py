"""What the reader makes of a document: values with their evidence, tables, warnings, and the body without its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from gongkai.domains.documents.numbers import DocumentNumber, IndexNumber
from gongkai.domains.documents.reader.attachments import Attachment
from gongkai.domains.documents.reader.lines import words
from gongkai.domains.documents.reader.tables import FoundTable
from gongkai.ground.files.text import Block, TextWarning

# The closed list of interfaces.md.
WARNING_CODES = frozenset(
    words(
        "written-on-differs publisher-not-an-organ count-mismatch bracket-lost number-malformed "
        "text-repeated text-masked table-irregular date-impossible attachment-missing duplicate-content "
        "encoding-guessed truncated unreadable classification-mark"
    )
)


@dataclass(frozen=True)
class Evidence:
    """Why a value is what it is: the value, where it stands, the words as printed; beside it what the label says."""

    value: object
    place: str
    quote: str
    label: Evidence | None = None

    def as_json(self) -> dict[str, object]:
        """The evidence with days in ISO form."""
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        found: dict[str, object] = {"value": value, "place": self.place, "quote": self.quote}
        if self.label is not None:
            found["label"] = self.label.as_json()
        return found


@dataclass(frozen=True)
class ReadDocument:
    """A document as read. What is masked or missing is None, never guessed; every value has evidence.

    ``kind`` is a suggestion (normative_document, other_document, notice, guide, annual_report, interpretation,
    regulation, government_rule) or None. ``body`` are the blocks without labels, navigation, title and repetitions;
    ``left_out`` are the lines that were passed over as page furniture, so that a person can look.
    """

    filename: str
    kind: str | None
    title: str | None
    document_number: DocumentNumber | None
    index_number: IndexNumber | None
    issuing_organ: str | None
    written_on: dt.date | None
    published_on: dt.date | None
    subject_class: str | None
    genre: str | None
    validity: str | None
    effective_until: dt.date | None
    body: tuple[Block, ...]
    body_chars: int
    attachments: tuple[Attachment, ...] = ()
    evidence: dict[str, Evidence] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)
    tables: tuple[FoundTable, ...] = ()
    warnings: tuple[TextWarning, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def working_title(self) -> str:
        """A title to work with: the printed one, else what the report says of itself, else the file's name."""
        if self.title:
            return self.title
        organ, year = self.facts.get("report_organ"), self.facts.get("report_year")
        if self.kind == "annual_report" and organ and year:
            return f"{organ}{year}年政府信息公开工作年度报告"
        return self.filename.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    def as_json(self, path: str, record: str | None = None) -> dict[str, object]:
        """The JSON line of ``gongkai import`` (interfaces.md)."""
        return {
            "path": path,
            "kind": self.kind,
            "title": self.title,
            "document_number": self.document_number.normalised if self.document_number else None,
            "index_number": self.index_number.normalised if self.index_number else None,
            "issuing_organ": self.issuing_organ,
            "written_on": self.written_on.isoformat() if self.written_on else None,
            "published_on": self.published_on.isoformat() if self.published_on else None,
            "subject_class": self.subject_class,
            "genre": self.genre,
            "validity": self.validity,
            "effective_until": self.effective_until.isoformat() if self.effective_until else None,
            "body_chars": self.body_chars,
            "attachments": [item.as_json() for item in self.attachments],
            "evidence": {name: item.as_json() for name, item in self.evidence.items()},
            "facts": self.facts,
            "tables": [table.as_json() for table in self.tables],
            "warnings": [warning_json(warning) for warning in self.warnings],
            "record": record,
        }


def warning_json(warning: TextWarning) -> dict[str, object]:
    """A warning as the import prints it."""
    return {
        "code": warning.code,
        "place": warning.place,
        "found": warning.found,
        "expected": warning.expected,
        "message": warning.message,
    }
