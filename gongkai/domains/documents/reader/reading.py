"""Reading a document: what belongs to the page, what to the card, what to the body."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.domains.documents.reader import facts as report
from gongkai.domains.documents.reader import values
from gongkai.domains.documents.reader.attachments import find_attachments, missing_warnings
from gongkai.domains.documents.reader.cell_lines import find_cell_tables
from gongkai.domains.documents.reader.chrome import chrome_lines
from gongkai.domains.documents.reader.counts import count_warnings
from gongkai.domains.documents.reader.dates import day_at_start
from gongkai.domains.documents.reader.document import Evidence, ReadDocument
from gongkai.domains.documents.reader.labels import Label, field_of, find_labels, table_labels
from gongkai.domains.documents.reader.lines import Line, lines_of, place_of, text_length
from gongkai.domains.documents.reader.masking import masked_places, masked_warning
from gongkai.domains.documents.reader.piped import find_piped_tables
from gongkai.domains.documents.reader.repeats import find_repetition
from gongkai.domains.documents.reader.row_lines import find_row_tables
from gongkai.domains.documents.reader.signature import Signature, find_issue_day, find_signature
from gongkai.domains.documents.reader.tables import FoundTable, caption_above
from gongkai.domains.documents.reader.titles import Title, find_title, genre_of, head_end, kind_of, title_lines
from gongkai.domains.documents.reader.validity import stated_term, validity_of, years_in
from gongkai.ground.files import media
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.text import Block, StructuredText, TextWarning

# Meta elements of government pages (政府网站发展指引, annex) that say what a label would say.
_STRAY_DAY = re.compile(
    r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
    r"|(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s*\d{1,2}[:：时点]\d\d(?:分|[:：]\d\d)?"
)
_META = {"PubDate": "published_on", "ArticleTitle": "title"}


@dataclass(frozen=True)
class _Parts:
    """The lines of a document sorted: head (neither page nor label), body, and the rest that is left out."""

    head: list[Line]
    body: list[Line]
    left_out: list[Line]
    labels: list[Label]
    title: Title | None


def read_document(text: StructuredText, filename: str) -> ReadDocument:
    """Read a structured text as an official document. Never raises for what the text says; None where it is silent."""
    lines = lines_of(text)
    repetition = find_repetition(lines)
    kept = [line for line in lines if repetition is None or line.number not in repetition.numbers]
    parts = _sorted(kept, text)
    card = values.Card(parts.labels, warnings=list(text.warnings))
    signature = find_signature(parts.body, 0)
    if repetition is not None:
        card.warn(
            "text-repeated",
            f"第{repetition.first}行起",
            str(repetition.copies),
            "1",
            f"同一文本出现 {repetition.copies} 次，只取一次。",
        )
    if (places := masked_places(kept)) > 0:
        card.warnings.append(masked_warning(places))
    tables = _tables(parts.body)
    document = _carded(card, parts, signature, filename)
    attachments = find_attachments(parts.body, text.attachments)
    prose = _prose(parts.body, tables)
    card.warnings.extend(count_warnings(prose))
    card.warnings.extend(values.lost_brackets(parts.body))
    card.warnings.extend(_table_warnings(tables))
    card.warnings.extend(missing_warnings(parts.body, attachments))
    return ReadDocument(
        **document,
        body=_blocks(parts.body, tables, text, {item.line.number for item in attachments if item.line}),
        body_chars=text_length(parts.body),
        attachments=tuple(attachments),
        evidence=card.evidence,
        facts=card.facts,
        tables=tuple(tables),
        warnings=tuple(card.warnings),
        left_out=tuple(line.text for line in parts.left_out),
    )


def _sorted(kept: list[Line], text: StructuredText) -> _Parts:
    chrome = chrome_lines(kept)
    shown = [line for line in kept if line.number not in chrome]
    end = head_end([line for line in shown if not _is_head_table(line)]) + sum(map(_is_head_table, shown[:60]))
    zone = shown[:end]
    tail = shown[max(end, len(shown) - 8) :]
    bound = zone[-1].number if zone else 0
    labels = find_labels([line for line in kept if line.number <= bound], chrome)
    labels += [label for label in find_labels(tail, chrome) if label.printed in ("公开方式", "索引号", "信息索引号")]
    used = {label.line for label in labels} | {label.value_line for label in labels}
    labels += [Label(_META[name], name, value, 0, 0) for name, value in text.labels if name in _META]
    labels += [Label(field_of(name) or "", name, value, 0, 0) for name, value in text.labels if field_of(name)]
    head = [line for line in zone if line.number not in used]
    title = _title(head, labels, text)
    title_numbers = {line.number for line in title.lines} if title else set()
    before = max((line.number for line in title.lines), default=0) if title else 0
    passed = used | title_numbers | {line.number for line in _number_lines(head)} | _stray_days(head)
    body = [
        line
        for line in shown
        if line.number not in passed and (line.number > before or line.number > bound or title is None)
    ]
    body_numbers = {line.number for line in body}
    return _Parts(head, body, [line for line in kept if line.number not in body_numbers], labels, title)


def _number_lines(head: list[Line]) -> list[Line]:
    """The lines that print the document's own number."""
    found = list(values.number_lines(head))
    own = found[0][1].normalised if found else ""
    return [
        taken
        for line, number, size in found
        if number.normalised == own
        for taken in head[head.index(line) : head.index(line) + size]
    ]


def _stray_days(head: Sequence[Line]) -> set[int]:
    """Days without a label that a page prints above the text; a person reads them as 发布日期, the reader does not."""
    return {line.number for line in head if _STRAY_DAY.fullmatch(line.text)}


def _is_head_table(line: Line) -> bool:
    return line.table is not None and table_labels(line.table, line.number) is not None


def _title(head: Sequence[Line], labels: Sequence[Label], text: StructuredText) -> Title | None:
    """The label's title where it has one, with the lines that repeat it; else the best line of the head."""
    named = next((label for label in labels if label.field == "title" and label.line and len(label.value) > 5), None)
    if named is not None:
        return Title(named.value, title_lines(head, named.value))
    meta = next((label.value for label in labels if label.field == "title" and label.printed == "ArticleTitle"), "")
    # A page that says its title is believed before a line that merely could be one.
    found = find_title(head, meta or text.title, is_named=bool(meta))
    return Title(meta, ()) if found is None and meta else found


def _carded(card: values.Card, parts: _Parts, signature: Signature | None, filename: str) -> dict[str, Any]:
    """The values of the card, in an order in which warnings read well."""
    title = parts.title
    number = values.document_number(card, parts.head)
    found: dict[str, Any] = {
        "filename": filename,
        "title": title.text if title else None,
        "index_number": values.index_number(card, parts.head),
        "document_number": number,
        "issuing_organ": values.issuing_organ(card, signature, title, number),
        "written_on": (written := values.written_on(card, signature)),
        "published_on": (published := values.published_on(card)),
    }
    values.check_order(card, written, published)
    if title is not None:
        label = next((item for item in parts.labels if item.field == "title" and item.value == title.text), None)
        place = values.label_place(label) if label else place_of(title.lines[0], "标题")
        card.evidence["title"] = Evidence(title.text, place, title.text)
    cited = values.cited_numbers(parts.body, number)
    if cited:
        card.facts["cited_numbers"] = cited
    found |= _classes(card, parts, number.organ_word if number else None, found)
    found["effective_until"] = _force(card, parts.body, published)
    return found


def _classes(card: values.Card, parts: _Parts, organ_word: str | None, known: dict[str, Any]) -> dict[str, Any]:
    title = parts.title.text if parts.title else None
    subject, genre = card.label("subject_class"), card.label("genre")
    second = card.label("subject_class_2")
    subject_class = "/".join(item.value for item in (subject, second) if item) or None
    if subject is not None:
        card.evidence["subject_class"] = Evidence(subject_class, values.label_place(subject), subject.value)
    printed_validity = card.label("validity")
    validity = validity_of(printed_validity.value) if printed_validity else None
    if printed_validity is not None:
        place = values.label_place(printed_validity)
        card.evidence["validity"] = Evidence(validity, place, printed_validity.value)
    own_genre = genre.value if genre else genre_of(title) if title else None
    if genre is not None:
        card.evidence["genre"] = Evidence(own_genre, values.label_place(genre), genre.value)
    elif own_genre and parts.title and own_genre != "年报":
        card.evidence["genre"] = Evidence(own_genre, card.evidence["title"].place, own_genre)
    kind = kind_of(title, own_genre, organ_word)
    if report.is_annual_report(parts.body, title):
        kind, own_genre = "annual_report", own_genre or "年报"
        _report_facts(card, parts.body, known.get("issuing_organ"))
    return {"kind": kind, "genre": own_genre, "subject_class": subject_class, "validity": validity}


def _report_facts(card: values.Card, body: Sequence[Line], organ: object) -> None:
    found, places = report.report_facts(body, organ if isinstance(organ, str) else None)
    card.facts.update(found)
    for name, line in places.items():
        card.evidence[f"facts.{name}"] = Evidence(found[name], place_of(line, "正文"), line.text[:200])
    card.warnings.extend(report.fact_warnings(found, places))


def _force(card: values.Card, body: Sequence[Line], published: dt.date | None) -> dt.date | None:
    """The expiry a label or the text states; beginnings and years go to the facts."""
    issued = find_issue_day(body)
    if issued is not None and issued[1].day is not None:
        card.facts["issued_on"] = issued[1].day.isoformat()
        card.evidence["facts.issued_on"] = Evidence(issued[1].day, place_of(issued[0], "印发栏"), issued[1].printed)
    begin, years = card.label("effective_from"), card.label("validity_term")
    if begin is not None and (day := day_at_start(begin.value)) and day.day:
        card.facts["effective_from"] = day.day.isoformat()
    if years is not None and (count := years_in(years.value)):
        card.facts["validity_years"] = count
    until = card.label("effective_until")
    if until is not None:
        day = day_at_start(until.value)
        card.evidence["effective_until"] = Evidence(day.day if day else None, values.label_place(until), until.value)
        return day.day if day else None
    term = stated_term(body)
    if term is None or term.line is None:
        return None
    if term.begins_on is not None:
        card.facts["effective_from"] = term.begins_on.isoformat()
    if term.years:
        card.facts["validity_years"] = term.years
    ends = term.ends_on(issued[1].day if issued else None, published)
    card.evidence["effective_until"] = Evidence(ends, place_of(term.line, "正文"), term.quote[:200])
    return ends


def _tables(body: Sequence[Line]) -> list[FoundTable]:
    """The tables of the file and those found in flattened text, in reading order."""
    found = find_row_tables(body) + find_cell_tables(body) + find_piped_tables(body)
    for index, line in enumerate(body):
        if line.table is not None and len(line.table.rows) > 0:
            caption = line.table.caption or caption_above(body, index)
            found.append(
                FoundTable(
                    caption,
                    line.table.columns,
                    line.table.rows,
                    line.number,
                    frozenset({line.number}),
                    block=line.table,
                )
            )
    return sorted(found, key=lambda table: table.first_line)


def _prose(body: Sequence[Line], tables: Sequence[FoundTable]) -> list[Line]:
    taken = {number for table in tables for number in table.numbers}
    return [line for line in body if line.number not in taken]


def _table_warnings(tables: Sequence[FoundTable]) -> list[TextWarning]:
    warnings = []
    for table in tables:
        if len(table.numbers) > 1:
            notes = "；".join(table.notes)
            message = f"表格已被拆成文字，按表头“{'、'.join(table.columns)}”复原为 {len(table.rows)} 行，请核对" + (
                f"：{notes}。" if notes else "。"
            )
            warnings.append(TextWarning("table-irregular", f"表格（第{table.first_line}行起）", message=message))
    return warnings


def _blocks(
    body: Sequence[Line], tables: Sequence[FoundTable], text: StructuredText, listed: set[int]
) -> tuple[Block, ...]:
    """The body: tables in their places, headings as the file has them or as the numbering shows.

    ``listed`` are lines that list attachments; their numbers are no headings.
    """
    table_at = {table.first_line: table for table in tables}
    taken = {number for table in tables for number in table.numbers}
    blocks: list[Block] = []
    for line in body:
        if line.number in table_at:
            blocks.append(table_at[line.number].as_block())
        elif line.number not in taken:
            source = text.blocks[line.block]
            is_heading = source.type == "heading" and source.text.strip() == line.text
            blocks.append(source if is_heading else Block("paragraph", text=line.text))
    if text.media_type not in (media.TEXT, ""):
        return tuple(blocks)
    names = {line.text for line in body if line.number in listed}
    return tuple(
        Block("paragraph", text=block.text) if block.text in names else block for block in with_headings(blocks)
    )
