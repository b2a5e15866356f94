"""Prints: the same template and style sheet answer as a preview on the screen and as PDF."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from gongkai.engine.letters.rendering import render_pdf

STYLE = "look/letters.css"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_NAME = 80
_UNFIT = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f]+')


@cache
def _style() -> str:
    found = finders.find(STYLE)
    if not isinstance(found, str):
        raise FileNotFoundError(STYLE)
    return Path(found).read_text(encoding="utf-8")


def pdf_of(template: str, context: dict[str, Any]) -> bytes:
    """A print's template as PDF. Refused where the typesetter is missing."""
    return render_pdf(render_to_string(template, {**context, "is_pdf": True}), _style())


def file_answer(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Bytes to keep, under a name that every system takes."""
    stem, dot, ending = name.rpartition(".")
    answer = HttpResponse(content, media_type)
    kept = _UNFIT.sub(" ", stem).strip()[:LONGEST_NAME] + dot + ending
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=kept) or "attachment"
    return answer


def printed(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The preview, or with ``?form=pdf`` the paper; ``name`` in the context is the print's and the file's name."""
    if request.GET.get("form") == "pdf":
        return file_answer(pdf_of(template, context), PDF, f"{context['name']}.pdf")
    asked = request.GET.copy()
    asked["form"] = "pdf"
    return render(request, template, {**context, "pdf_url": f"?{asked.urlencode()}"})
