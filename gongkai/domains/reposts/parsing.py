"""RSS 2.0 and Atom, read safely: no document type, no entities, nothing fetched, only so many entries."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from lxml import etree  # type: ignore[import-untyped]
from selectolax.lexbor import LexborHTMLParser

MOST_ENTRIES = 200
EARLIEST_YEAR, LATEST_YEAR = 1949, 2200
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class BadFeed(Exception):
    """What came is no feed that can be read. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """One entry: its key, title, link, summary in plain text, and when its source published it."""

    key: str
    title: str
    link: str
    summary: str
    published_at: dt.datetime | None


def parse_feed(data: bytes) -> list[Entry]:
    """The entries of a feed, those without title or link left out. Raises BadFeed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadFeed("not-xml") from None
    if root.getroottree().docinfo.doctype:
        raise BadFeed("document-type")
    found = [node for node in root.iter() if isinstance(node.tag, str) and _name(node) in {"item", "entry"}]
    entries = [_entry(node) for node in found[:MOST_ENTRIES]]
    return [entry for entry in entries if entry.title and entry.link]


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname).lower()


def _entry(node: etree._Element) -> Entry:
    texts: dict[str, str] = {}
    link = ""
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name = _name(child)
        if name == "link" and child.get("href"):
            link = link or (child.get("href") if child.get("rel", "alternate") == "alternate" else "")
        texts.setdefault(name, "".join(child.itertext()).strip())
    link = (link or texts.get("link", ""))[:500]
    guid = texts.get("guid") or texts.get("id") or ""
    summary = texts.get("summary") or texts.get("description") or ""
    moment = texts.get("pubdate") or texts.get("published") or texts.get("updated") or texts.get("date") or ""
    return Entry(
        key=hashlib.sha256(f"{guid}\n{link}".encode()).hexdigest(),
        title=_CONTROL.sub(" ", _plain(texts.get("title", "")))[:500].strip(),
        link=link if link.startswith(("https://", "http://")) else "",
        summary=_plain(summary)[:2000],
        published_at=_moment(moment),
    )


def _plain(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    tree = LexborHTMLParser(text)
    tree.strip_tags(["script", "style"])
    return tree.body.text(separator=" ").strip() if tree.body is not None else ""


def _moment(text: str) -> dt.datetime | None:
    """A moment as RSS or Atom writes it; without an offset it is China's time."""
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    # A year that no document of a government has would overflow in one time zone or another.
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(dt.UTC)
