"""A list that leaves the workbench as a file: noted with its reason before it is given (导出)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from gongkai.ground.access.actions import export
from gongkai.ground.access.actions.exporting import LISTS
from gongkai.surfaces.look.sheet import csv_answer, csv_bytes, xlsx_answer, xlsx_bytes
from gongkai.surfaces.workbench.pages import DeskRequest


def exported(request: DeskRequest, what: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """The list as CSV, or as a workbook where the form asks for one; refused without a reason, and then not made."""
    lines = list(rows)
    is_workbook = request.POST.get("form") == "xlsx"
    data = xlsx_bytes(LISTS[what][0], columns, lines) if is_workbook else csv_bytes(columns, lines)
    digest = hashlib.sha256(data).hexdigest()
    export(what, actor=request.actor, rows=len(lines), reason=request.POST.get("reason", ""), sha256=digest)
    return xlsx_answer(data, f"{what}.xlsx") if is_workbook else csv_answer(data, f"{what}.csv")
