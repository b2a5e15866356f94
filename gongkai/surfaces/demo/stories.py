"""What happened in the city this year: every way a record can take, told for the organ it belongs to."""

from __future__ import annotations

from typing import Any

from gongkai.engine.records import actions as records
from gongkai.engine.records.models import LinkKind
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews import actions as reviews
from gongkai.surfaces.demo.stage import City, Desk, Story, Told, desk


def plain(key: str, ago: int) -> Told:
    """Drafted, reviewed and published without a hitch."""

    def story(city: City) -> Story:
        yield from desk(city, key, ago).published()

    return story


def _linked(at: Desk, target: str, kind: LinkKind) -> None:
    records.link(at.record, actor=at.by("officer"), target=at.city.record(target), kind=str(kind))


def _linking(key: str, ago: int, target: str, kind: LinkKind) -> Told:
    def story(city: City) -> Story:
        at = desk(city, key, ago)
        yield from at.drafted()
        _linked(at, target, kind)
        yield at.later()
        at.submit()
        yield from at.reviewed()
        yield at.later()
        at.publish()

    return story


def work_points(city: City) -> Story:
    """The work points of the year: corrected twice, each time with a public note."""
    at = desk(city, "work-points", 176)
    yield from at.published()
    yield at.wait(150)
    body = at.content()["body"]
    swapped = _replaced(body, "市发展改革委", "市发展和改革局")
    yield from at.corrected("任务表第3项责任单位名称有误，已更正为“市发展和改革局”。", body=swapped)
    yield at.wait(121)
    moved = _replaced(swapped, "9月底前", "10月底前")
    yield from at.corrected("任务表第5项完成时限由“9月底前”更正为“10月底前”。", body=moved)


def _replaced(body: list[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, list):
            return [changed(item) for item in value]
        return value

    return [{key: changed(value) for key, value in block.items()} for block in body]


def withheld_minutes(city: City) -> Story:
    """A record of a discussion is not disclosed: its ground is reviewed, then the handling ends."""
    at = desk(city, "renewal-opinions", 96)
    yield from at.proposed()
    yield from at.reviewed()
    yield at.later()
    records.conclude(at.record, actor=at.by("officer"))


def forest_fire(city: City) -> Story:
    """Signed off and set for the next working morning."""
    at = desk(city, "forest-fire", 5)
    yield from at.proposed()
    yield from at.reviewed()
    yield at.later()
    records.schedule(at.record, actor=at.by("editor"), at=city.days.moment(-1, 9))


def dogs(city: City) -> Story:
    """A normative document that waits for its legality review."""
    yield from _stopped(city, "dog-keeping", 6, "legality")


def _stopped(city: City, key: str, ago: int, before: str, **fields: Any) -> Story:
    at = desk(city, key, ago)
    yield from at.proposed(**fields)
    yield from at.reviewed(upto=before)


def heating(city: City) -> Story:
    """Published by the tick at the moment set for it."""
    at = desk(city, "livelihood", 160)
    yield from at.proposed()
    yield from at.reviewed()
    yield at.later()
    moment = city.days.moment(154, 8, 30)
    records.schedule(at.record, actor=at.by("editor"), at=moment)
    yield moment
    publish_due()


def enrolment(city: City) -> Story:
    """Sent back to the bureau by the government's office for want of an interpretation, then published with one."""
    at = desk(city, "enrolment", 140)
    yield from at.proposed()
    yield from at.reviewed(upto="secrecy")
    yield at.later()
    text = "招生政策涉及群众切身利益，请随文报送解读材料。"
    reviews.return_to_organ(at.record, actor=at.by("zfb.zhuguan"), reason="interpretation_missing", text=text)
    yield at.later(2)
    at.submit()
    yield from at.reviewed()
    yield at.later()
    at.publish()


def found_numbers(city: City) -> Story:
    """A list of names came in with identity numbers: the finding waits for a decision."""
    yield from desk(city, "honours", 3).drafted(is_received=True)


def fees(city: City) -> Story:
    """Signed off, waiting for the editor, and to be public today: twenty working days are over."""
    at = desk(city, "after-school", 20)
    yield from at.proposed()
    yield from at.reviewed()


def drafting(city: City) -> Story:
    """A draft on the officer's desk."""
    yield from desk(city, "reading-month", 2).drafted()


def school_bus(city: City) -> Story:
    """Signed in the OA system, came in without its ground, was returned with a coded reason."""
    at = desk(city, "school-bus", 4)
    yield from at.drafted(is_received=True)
    yield at.later()
    text = "拟依申请公开，但未写明理由和依据，请补充后重新送审。"
    reviews.return_for_correction(at.record, actor=at.by("section"), reason="ground_missing", text=text)


def tutoring(city: City) -> Story:
    """Changed under review: two opinions on the earlier edition wait to be reaffirmed."""
    at = desk(city, "tutoring", 5)
    yield from at.proposed()
    yield from at.reviewed(upto="legality")
    yield at.later()
    body = [*at.content()["body"]]
    body.insert(-2, {"type": "paragraph", "text": "第九条　预收费应当全额进入监管账户，一次预收不得超过三个月。"})
    records.revise(at.record, actor=at.by("officer"), content=at.content(body=body))
    yield at.later()
    at.agree("section", text="新增预收费条款，内容适当，重新确认。")


def teacher_exam(city: City) -> Story:
    """Published too early, withdrawn with its reason."""
    at = desk(city, "teacher-exam", 75)
    yield from at.published()
    yield at.later(3)
    note = "报名时间尚未最终确定，误将征求意见的文本发布。"
    records.withdraw(at.record, actor=at.by("sign_off"), reason="published_in_error", note=note)


def winter_holiday(city: City) -> Story:
    """Signed off by the deputy for the absent leader (乙代甲)."""
    at = desk(city, "winter-holiday", 9)
    yield from at.proposed()
    yield from at.reviewed(sign_off="jyj.fazhi")
    yield at.later()
    at.publish()


def outfalls(city: City) -> Story:
    """Taken down in a hurry, waiting for the review afterwards."""
    at = desk(city, "outfalls", 20)
    yield from at.published()
    yield at.wait(2)
    records.take_down(at.record, actor=at.by("editor"))


def restored(city: City) -> Story:
    """Taken down after a complaint, looked at, and put back."""
    at = desk(city, "key-units", 130)
    yield from at.published()
    yield at.later(8)
    records.take_down(at.record, actor=at.by("editor"))
    yield at.later()
    records.restore(at.record, actor=at.by("zfb.zhuguan"))


def raw_readings(city: City) -> Story:
    """Disclosed on application only."""
    at = desk(city, "raw-readings", 64)
    yield from at.proposed()
    yield from at.reviewed()
    yield at.later()
    records.conclude(at.record, actor=at.by("officer"))


def noise_zones(city: City) -> Story:
    """A correction has begun and lies with the officer; the public edition stands."""
    at = desk(city, "noise-zones", 110)
    yield from at.published()
    yield at.wait(1)
    records.correct(at.record, actor=at.by("editor"))


def discarded(city: City) -> Story:
    """Drafted twice by mistake; one is given up."""
    at = desk(city, "eco-day", 118)
    yield from at.drafted()
    yield at.later(2)
    records.discard(at.record, actor=at.by("officer"))


def green_schools(city: City) -> Story:
    """Issued together with the bureau of education, whose consent is overdue."""
    yield from _stopped(city, "green-schools", 22, "consent", co_issuers=["yunzhou-edu"])


def complaint_reply(city: City) -> Story:
    """Held personal data: expunged by two persons, and the proofs remain."""
    at = desk(city, "complaint-reply", 84)
    yield from at.published()
    yield at.later()
    records.take_down(at.record, actor=at.by("editor"))
    yield at.later()
    records.ask_expunge(at.record, actor=at.by("sign_off"), ground="personal_data", note="含投诉人住址。")
    yield at.later()
    records.expunge(at.record, actor=at.by("zfb.zhuguan"))


def subsidies(city: City) -> Story:
    """The publicity period ended, the page was withdrawn."""
    at = desk(city, "subsidies", 90)
    yield from at.published()
    yield at.wait(78)
    records.withdraw(at.record, actor=at.by("sign_off"), reason="publicity_ended", note="")


def village_roads(city: City) -> Story:
    """In the township: attribute agreed, secrecy not yet."""
    at = desk(city, "village-roads", 2)
    yield from at.proposed()
    yield at.later()
    at.agree("attribute")


def irrigation(city: City) -> Story:
    """Returned once for a wrong figure, then published."""
    at = desk(city, "irrigation", 58)
    yield from at.proposed(body=_replaced(at.content()["body"], "11.8", "11.3"))
    yield at.later()
    text = "表中合计长度与各段之和不一致，请核对。"
    reviews.return_for_correction(at.record, actor=at.by("attribute"), reason="text_errors", text=text)
    yield at.later()
    records.edit(at.record, actor=at.by("officer"), content=at.content())
    at.submit()
    yield from at.reviewed()
    yield at.later()
    at.publish()


STORIES: tuple[Told, ...] = (
    plain("office-guide", 205),
    plain("edu-guide", 204),
    plain("eco-guide", 203),
    plain("town-guide", 202),
    work_points,
    heating,
    plain("emergency-plan", 190),
    _linking("emergency-amend", 70, "emergency-plan", LinkKind.AMENDS),
    _linking("parking", 62, "parking-trial", LinkKind.REPLACES),
    withheld_minutes,
    forest_fire,
    dogs,
    plain("food-safety", 56),
    enrolment,
    _linking("enrolment-reading", 133, "enrolment", LinkKind.INTERPRETS),
    found_numbers,
    fees,
    drafting,
    school_bus,
    tutoring,
    teacher_exam,
    winter_holiday,
    restored,
    outfalls,
    raw_readings,
    noise_zones,
    discarded,
    green_schools,
    complaint_reply,
    plain("homestead", 48),
    irrigation,
    subsidies,
    village_roads,
)
