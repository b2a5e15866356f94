"""What lists of documents filter on."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.engine.records.content import Content
from gongkai.engine.records.kinds import FacetValue

Facets = Callable[[Content], list[FacetValue]]


def document_facets(content: Content) -> list[FacetValue]:
    """Of every kind: year, theme (top and full), genre, each keyword."""
    facets = [FacetValue("genre", text=content.genre)] if content.genre else []
    if content.written_on:
        facets.append(FacetValue("year", number=content.written_on.year, date=content.written_on))
    if content.subject_class:
        facets.append(FacetValue("subject", text=content.subject_class))
        facets.append(FacetValue("subject_top", text=content.subject_class.split("/")[0]))
    facets.extend(FacetValue("keyword", text=word) for word in content.keywords if word)
    return facets


def facets_with(**texts: str) -> Facets:
    """Those of every kind, and one for each named field of the kind: facet key = field name."""

    def facets(content: Content) -> list[FacetValue]:
        values = {key: getattr(content, name) for key, name in texts.items()}
        return document_facets(content) + [
            FacetValue(key, number=value) if isinstance(value, int) else FacetValue(key, text=str(value))
            for key, value in values.items()
            if value not in (None, "")
        ]

    return facets
