"""Reading the page of a source: its text as the reader of documents finds it, from a permitted host only."""

from __future__ import annotations

from typing import Any

from gongkai.domains.documents.reader import read_file
from gongkai.domains.reposts.queries import feed_hosts
from gongkai.ground.outbound import OutboundError, ask
from gongkai.ground.refusal import Refused, wording

UNREACHED = wording(
    "reposts.unreached",
    what="没有读到原文网页（{code}）。",
    todo="请稍后再试；来源网站须由系统管理员写入 FEED_HOSTS。",
    status=422,
)


def read_source(url: str) -> dict[str, Any]:
    """What the page at an address says of its document: title, body, number, date. Refused where it cannot be read."""
    try:
        answer = ask(url, hosts=feed_hosts())
    except OutboundError as error:
        raise Refused(UNREACHED, code=error.code, where="原文网址") from None
    if not answer.is_ok:
        raise Refused(UNREACHED, code=f"HTTP {answer.status}", where="原文网址")
    found = read_file(answer.body, "page.html")
    return {
        "title": found.title or "",
        "body": [block.as_json() for block in found.body],
        "document_number": found.document_number.normalised if found.document_number else "",
        "issuing_organ": found.issuing_organ or "",
        "written_on": found.written_on.isoformat() if found.written_on else None,
    }
