"""Index numbers (索引号): by the organ's profile, unique, never changed, never used again (requirements 6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.engine.records.models import IndexCounter, Record
from gongkai.ground.organs.index_profiles import DEFAULT_PATTERN, LONGEST, SHAPE
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

UNFIT = wording(
    "records.unfit_index_number",
    what="索引号“{found}”的格式不能识别。",
    todo="索引号由字母、数字和“/”“-”组成，例如 014416330/2018-04736。",
    status=422,
)
TAKEN = wording(
    "records.index_number_taken",
    what="索引号“{found}”已经使用过，索引号不得重复。",
    todo="请核对原索引号；确需新号的，留空由系统生成。",
)


@dataclass(frozen=True)
class Profile:
    """How an organ's index numbers look: the front part, the pattern, the first serial of a year."""

    front: str
    pattern: str
    first: int


def profile_of(organ: Organ) -> Profile:
    """The organ's profile; by default its organisation code, else its credit code, else its own code."""
    given = organ.index_profile or {}
    fronts = {
        "organisation_code": organ.organisation_code.replace("-", ""),
        "credit_code": organ.credit_code,
        "division_code": organ.division_code,
        "code": organ.code,
    }
    front = fronts.get(given.get("front", ""), "") or given.get("literal", "")
    fallback = fronts["organisation_code"] or fronts["credit_code"] or organ.code
    return Profile(front or fallback, given.get("pattern", DEFAULT_PATTERN), int(given.get("first", 1)))


def next_index_number(organ: Organ, year: int) -> str:
    """The next unused number of the organ in a year; the counter row is locked by the caller's transaction."""
    return next_index_numbers(organ, year, 1)[0]


def next_index_numbers(organ: Organ, year: int, count: int) -> list[str]:
    """A run of unused numbers. Numbers that came in with old records are passed over, not given twice."""
    profile = profile_of(organ)
    counter, _ = IndexCounter.objects.select_for_update().get_or_create(
        front=profile.front, year=year, defaults={"last": profile.first - 1}
    )
    numbers: list[str] = []
    while len(numbers) < count:
        ahead = range(counter.last + 1, counter.last + 1 + count - len(numbers))
        made = [profile.pattern.format(front=profile.front, year=year, serial=serial) for serial in ahead]
        taken = set(Record.objects.filter(index_number__in=made).values_list("index_number", flat=True))
        numbers += [number for number in made if number not in taken]
        counter.last = ahead[-1]
    counter.save(update_fields=["last"])
    return numbers


def refuse_unfit_index_number(number: str) -> None:
    """Refuse a given number that is no index number, or that any record ever had."""
    if not number:
        return
    if len(number) > LONGEST or not SHAPE.fullmatch(number):
        raise Refused(UNFIT, "国办秘函〔2009〕6号", found=number, where="索引号")
    if Record.objects.filter(index_number=number).exists():
        raise Refused(TAKEN, "国办秘函〔2009〕6号", found=number, where="索引号")
