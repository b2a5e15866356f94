"""Loads the rulebook and refuses it when it does not hold together.

Versions of one key follow each other without gap or overlap; codes of one list never mean two things on one day; every
entry cites its provision; every key that the interfaces promise is there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from gongkai.ground.rulebook.schema import (
    CodedReason,
    Dated,
    DisclosureAttribute,
    Genre,
    Ground,
    RuleEntry,
    RuleFile,
    StatutoryCategory,
    SubjectClass,
    SubjectFile,
    Term,
)

FOLDER = Path(__file__).parent
PROMISED_KEYS = frozenset(
    {
        "archive.transfer",
        "budget.publish",
        "concern.briefing",
        "concern.response",
        "concern.statement",
        "consultation.hearing-materials",
        "consultation.opinions",
        "credit.publish",
        "disclosure.publish",
        "enforcement.publish",
        "foi.co-maker",
        "foi.correction-notice",
        "foi.correction-period",
        "foi.extension",
        "foi.fee-payment",
        "foi.litigation",
        "foi.reconsideration",
        "foi.reply",
        "foi.third-party",
        "guide.update",
        "interpretation.publish",
        "litigation.defence",
        "message.reply",
        "penalty.publish",
        "penalty.withdraw",
        "publicity.period",
        "reconsideration.defence",
        "reconsideration.defence-simplified",
        "report.department",
        "report.government",
        "review.legality",
        "site.error-report",
    }
)

LISTS: dict[str, type[Term]] = {
    "grounds": Ground,
    "disclosure_attributes": DisclosureAttribute,
    "statutory_categories": StatutoryCategory,
    "genres": Genre,
    "return_to_organ_reasons": CodedReason,
    "return_for_correction_reasons": CodedReason,
    "withdrawal_reasons": CodedReason,
    "work_record_categories": CodedReason,
}


class RulebookError(Exception):
    """The rulebook does not hold together; ``faults`` names file, key and what is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("the rulebook does not hold together:\n" + "\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Book:
    """The whole rulebook: rules by key, coded lists by name."""

    rules: dict[str, RuleEntry]
    lists: dict[str, tuple[Term, ...]]

    @cached_property
    def fingerprint(self) -> str:
        """Equal exactly when the rules are."""
        said = "".join(entry.model_dump_json() for _, entry in sorted(self.rules.items()))
        return hashlib.sha256(said.encode()).hexdigest()


@cache
def load(folder: Path = FOLDER) -> Book:
    """The rulebook, read once. Raises RulebookError naming every fault found."""
    faults: list[str] = []
    rules = _rules(folder, faults)
    lists: dict[str, tuple[Term, ...]] = {
        name: tuple(_terms(folder / "vocabularies" / f"{name}.yaml", model, faults)) for name, model in LISTS.items()
    }
    lists["subject_classes"] = tuple(_subjects(folder / "vocabularies" / "subject_classes.yaml", faults))
    for name, terms in lists.items():
        faults += _faults_of_list(name, terms)
    if faults:
        raise RulebookError(faults)
    return Book(rules, lists)


def _rules(folder: Path, faults: list[str]) -> dict[str, RuleEntry]:
    rules: dict[str, RuleEntry] = {}
    for path in sorted((folder / "rules").glob("*.yaml")):
        parsed = _parsed(path, RuleFile, faults)
        for entry in parsed.rules if parsed else ():
            if entry.key in rules:
                faults.append(f"{path.name}: {entry.key} stands twice")
            rules[entry.key] = entry
            faults += [f"{path.name}: {entry.key}: {fault}" for fault in _faults_of_versions(entry.versions)]
    missing = sorted(PROMISED_KEYS - rules.keys())
    if missing:
        faults.append(f"rules: missing keys {', '.join(missing)}")
    return rules


def _faults_of_versions(versions: Sequence[Dated]) -> Iterable[str]:
    """Versions stand in order of date, each from the day after the one before."""
    for earlier, later in pairwise(versions):
        if earlier.valid_until is None or later.valid_from <= earlier.valid_until:
            yield f"the version of {later.valid_from} overlaps the one of {earlier.valid_from} or stands out of order"
        elif later.valid_from != earlier.valid_until + dt.timedelta(1):
            yield f"there is a gap between {earlier.valid_until} and {later.valid_from}"


def _faults_of_list(name: str, terms: Sequence[Term]) -> list[str]:
    if not terms:
        return [f"{name}.yaml: the list is empty"]
    by_code: dict[str, list[Term]] = {}
    for term in terms:
        by_code.setdefault(term.code, []).append(term)
    return [
        f"{name}.yaml: code {code} is given twice on {later.valid_from}"
        for code, versions in by_code.items()
        for earlier, later in pairwise(sorted(versions, key=lambda term: term.valid_from))
        if earlier.valid_until is None or later.valid_from <= earlier.valid_until
    ]


def _terms(path: Path, model: type[Term], faults: list[str]) -> list[Term]:
    return _parsed(path, list[model], faults) or []  # type: ignore[valid-type]


def _subjects(path: Path, faults: list[str]) -> list[SubjectClass]:
    file = _parsed(path, SubjectFile, faults)
    if file is None:
        return []
    shared = {"citation": file.citation, "mark": file.mark, "valid_from": file.valid_from}
    classes = []
    for topic in file.classes:
        classes.append(SubjectClass(code=topic.code, name=topic.name, **shared))
        for code, name in topic.below.items():
            if not code.startswith(f"{topic.code}."):
                faults.append(f"{path.name}: {code} does not lie below {topic.code}")
            classes.append(SubjectClass(code=code, name=name, parent=topic.code, **shared))
    return classes


def _parsed(path: Path, shape: Any, faults: list[str]) -> Any:
    try:
        return TypeAdapter(shape).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        faults.append(f"{path.name}: the file is missing")
    except yaml.YAMLError as error:
        faults.append(f"{path.name}: {' '.join(str(error).split())}")
    except ValidationError as error:
        faults += [f"{path.name}: {'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()]
    return None
