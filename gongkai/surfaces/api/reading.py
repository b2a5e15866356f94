"""What anybody may read: records, kinds, organs, rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Query, Router

from gongkai.engine.records import lineage
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.queries import addressed, public_records
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.queries import rule_table
from gongkai.surfaces.api.schemas import KindOut, OrganOut, Problem, RecordDetail, RecordPage
from gongkai.surfaces.api.shapes import record_detail, record_out

router = Router(tags=["公开信息"], auth=None)
LARGEST_PAGE = 100
# PostgreSQL cannot even ask for a text with U+0000.
NO_NUL = r"^[^\x00]*$"

BAD_CURSOR = wording(
    "api.bad_cursor", what="翻页标记不能识别。", todo="请使用上一页回答中的 next，或者从头开始。", status=422
)


@router.get("/records", response={200: RecordPage, 422: Problem}, summary="公开信息列表（新的在前）")
def records(
    request: HttpRequest,
    kind: str = Query("", max_length=40, pattern=NO_NUL),
    organ_code: str = Query("", max_length=32, pattern=NO_NUL),
    validity: str = Query("", max_length=12, pattern=NO_NUL),
    document_number: str = Query("", max_length=80, pattern=NO_NUL),
    since: dt.date | None = None,
    in_force_on: dt.date | None = None,
    cursor: str = Query("", max_length=80, pattern=NO_NUL),
    limit: int = Query(20, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """Public records by kind, organ, validity, number and day, keyset-paged; or those in force on a day."""
    rows = public_records()
    exact = {
        "kind": kind,
        "organ__code": organ_code,
        "validity": validity,
        "document_number": document_number,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if since is not None:
        rows = rows.filter(published_at__date__gte=since)
    if in_force_on is not None:
        rows = lineage.in_force_on(rows, in_force_on)
    if cursor:
        rows = rows.filter(_after(cursor))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return {
        "items": [record_out(record) for record in found[:limit]],
        "next": f"{last.published_at.isoformat()}_{last.pk}" if last and last.published_at else None,
    }


def _after(cursor: str) -> Q:
    try:
        moment, _, key = cursor.rpartition("_")
        # A plus sign in a query string arrives as a space.
        at, pk = dt.datetime.fromisoformat(moment.replace(" ", "+")), int(key)
        if at.tzinfo is None or not 0 <= pk < 2**63:
            raise Refused(BAD_CURSOR, where="cursor")
        # At the ends of the calendar there are moments that have no UTC.
        at = at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Refused(BAD_CURSOR, where="cursor") from None
    return Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)


@router.get(
    "/records/{path:index_number}", response={200: RecordDetail, 404: Problem}, summary="一条公开信息（按索引号）"
)
def record(request: HttpRequest, index_number: str) -> dict[str, Any]:
    """One public record with its content; what is not public is not found."""
    found = addressed(index_number) if len(index_number) <= LARGEST_PAGE and "\0" not in index_number else None
    if found is None or not found.is_visible:
        raise Http404
    return record_detail(found)


@router.get("/kinds", response=list[KindOut], summary="信息类别及其内容结构")
def kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """Every kind with the JSON schema of its content."""
    return [
        {
            "code": kind.code,
            "name": kind.name,
            "schema_name": kind.schema_name,
            "content_schema": kind.schema.model_json_schema(),
        }
        for kind in KINDS.values()
    ]


@router.get("/organs", response=list[OrganOut], summary="机构")
def organs(
    request: HttpRequest,
    parent_code: str = Query("", max_length=32, pattern=NO_NUL),
    after: str = Query("", max_length=32, pattern=NO_NUL),
    limit: int = Query(100, ge=1, le=500),
) -> list[dict[str, Any]]:
    """Organs in force by code, keyset-paged by ``after``."""
    rows = Organ.objects.filter(valid_until__isnull=True, code__gt=after).select_related("parent").order_by("code")
    if parent_code:
        rows = rows.filter(parent__code=parent_code)
    return [
        {
            "code": organ.code,
            "name": organ.name,
            "type": organ.type,
            "level": organ.level,
            "parent_code": organ.parent.code if organ.parent else None,
        }
        for organ in rows[:limit]
    ]


@router.get("/rules", response=list[dict[str, Any]], summary="规则与依据")
def rules(request: HttpRequest) -> list[dict[str, Any]]:
    """Every rule with its law and versions."""
    return rule_table()
