"""Who signed a document in the OA system (签批), as its review sheet says: step, name, opinion, day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from gongkai.ground.refusal import Refused, wording

MOST = 60
UNFIT = wording(
    "records.unfit_signature",
    what="审签单的第 {number} 个签批不合要求：{problem}。",
    todo="每个签批写环节、姓名，可写意见和日期（YYYY-MM-DD）；最多 60 个。",
    status=422,
)
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def _short(most: int, least: int = 0) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


class Signature(BaseModel):
    """One signature on a review sheet."""

    model_config = ConfigDict(extra="forbid")
    step: Annotated[str, _short(40, 1)]
    name: Annotated[str, _short(40, 1)]
    opinion: Annotated[str, _short(300)] = ""
    on: dt.date | None = None


def parse_signatures(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The signatures as they are kept; refuses the first that lacks step or name, or more than 60."""
    kept: list[dict[str, Any]] = []
    for number, item in enumerate(given, 1):
        try:
            kept.append(Signature.model_validate(item).model_dump(mode="json"))
        except ValidationError as error:
            place = "、".join(str(part) for part in error.errors()[0]["loc"]) or "格式"
            raise Refused(UNFIT, number=number, problem=place, where=f"review[{number - 1}]") from None
        if number > MOST:
            raise Refused(UNFIT, number=number, problem="超过 60 个", where="review")
    return kept


def typed_signatures(text: str) -> list[dict[str, str]]:
    """Signatures as a person types them, one a line: step, name, opinion and day with blanks between them."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        days = [word for word in words[2:] if _DAY.fullmatch(word)]
        found.append(
            {
                "step": words[0],
                "name": words[1] if len(words) > 1 else "",
                "opinion": " ".join(word for word in words[2:] if word not in days),
            }
            | ({"on": "-".join(part.zfill(2) for part in days[0].split("-"))} if days else {})
        )
    return found
