"""The two years around those stories: what was published day by day, what expired, what was cleaned up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from gongkai.engine.records import actions as records
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.ticks import settle_validities
from gongkai.engine.reviews import actions as reviews
from gongkai.ground import clock
from gongkai.surfaces.demo import texts
from gongkai.surfaces.demo.stage import City, Story, Told, desk
from gongkai.surfaces.demo.stories import plain
from gongkai.surfaces.demo.workdays import Workdays

# What was drafted, reviewed and published without a hitch: the text, and how many working days ago it was written.
PUBLISHED = (
    ("apply-system", 470),
    ("last-points", 440),
    ("hrss-guide", 432),
    ("district-guide", 430),
    ("hrss-profile", 428),
    ("mayor", 425),
    ("office-profile", 420),
    ("edu-profile", 415),
    ("eco-profile", 412),
    ("tax-profile", 410),
    ("fund-profile", 408),
    ("old-blocks", 380),
    ("fund-withdraw", 350),
    ("eco-plan", 300),
    ("site-check", 280),
    ("town-labour", 262),
    ("vice-mayor", 240),
    ("review-system", 222),
    ("year-figures", 186),
    ("year-plan", 183),
    ("job-fair", 178),
    ("district-budget", 164),
    ("town-plan", 158),
    ("skills", 152),
    ("flood-topic", 138),
    ("green-rule", 128),
    ("recruit", 116),
    ("street-move", 105),
    ("edu-figures", 98),
    ("fund-base", 92),
    ("eco-air", 88),
    ("repost-heat", 82),
    ("hard-to-employ", 80),
    ("public-rental", 72),
    ("water-stop", 66),
    ("self-study", 64),
    ("tax-visits", 54),
    ("office-news", 46),
    ("water-quality", 38),
    ("market-checks", 36),
    ("street-aid", 34),
    ("town-news", 28),
    ("street-news", 18),
    ("edu-news", 14),
    ("eco-news", 11),
)


def on_the_eve(key: str, years_ago: int, month: int, *, lead: int = 0) -> Told:
    """Formed on the last working day before the long holiday of a month, or some working days before that.

    Where it is formed on the very eve, its clock runs across the days off.
    """

    def story(city: City) -> Story:
        eve = city.days.eve(city.days.anchor.year - years_ago, month)
        if eve >= city.days.day(8):
            eve = city.days.eve(eve.year - 1, month)
        yield from desk(city, key, city.days.ago(eve) + lead).published()

    return story


def migrated(key: str, serial: int, year: Callable[[Workdays], int], published: tuple[int, int], at: int) -> Told:
    """A document of an earlier year, public on the old site: taken over with its number and its date."""

    def story(city: City) -> Story:
        yield city.days.moment(at, 10, 12)
        written = dt.date(year(city.days), *published) - dt.timedelta(days=7)
        head = texts.head_of(key, written)
        organ = city.organs[head["organ"]]
        item = {
            "kind": head["kind"],
            "content": texts.content_of(key, written, organ.name),
            "index_number": f"{organ.organisation_code}/{written.year}-{serial:05d}",
            "published_at": city.days.at(dt.date(written.year, *published), 10),
        }
        note = "原市政府门户网站“规范性文件”栏目，网站改版时迁移。"
        city.records[key] = records.migrate(actor=city.actor("oa.jiekou"), organ=organ, item=item, already_public=note)

    return story


def in_year(year: int) -> Callable[[Workdays], int]:
    """A fixed year."""
    return lambda _: year


def years_before(count: int) -> Callable[[Workdays], int]:
    """A year counted back from the one in which the city is loaded."""
    return lambda days: days.anchor.year - count


def cleaned_up(city: City) -> Story:
    """One decision ends two documents, keeps one, and has one amended."""
    at = desk(city, "end-rule", 60)
    yield from at.published()
    yield at.later()
    outcomes = {"old-heating": "repealed", "old-market": "lapsed", "old-fireworks": "kept", "old-taxi": "to_amend"}
    records.declare(
        actor=at.by("editor"),
        organ=at.organ,
        decided_on=clock.today(),
        lines=[Named(city.record(key).index_number or "", outcome) for key, outcome in outcomes.items()],
        decision=at.record,
    )


def expired(city: City) -> Story:
    """Valid for a year on trial; the day after, the platform marks it lapsed by itself."""
    at = desk(city, "stable-jobs", 400)
    yield from at.published()
    until = at.record.effective_until
    assert until is not None
    yield city.days.at(until + dt.timedelta(days=1), 6)
    settle_validities()


def withheld_again(city: City) -> Story:
    """Withheld last year; looked at again after a year, and the reason still holds."""
    at = desk(city, "pension-letter", 310)
    yield from at.proposed()
    yield from at.reviewed()
    yield at.later()
    records.conclude(at.record, actor=at.by("officer"))
    yield at.wait(30)
    records.keep_withheld(at.record, actor=at.by("officer"))


def consented(city: City) -> Story:
    """Issued together with the district's government, which consented in writing."""
    at = desk(city, "property-service", 200)
    yield from at.proposed(co_issuers=["linshui"])
    yield from at.reviewed(consent="lsq.kezhang")
    yield at.later()
    at.publish()


def returned_twice(city: City) -> Story:
    """An opinion on labour dispatch: returned for its text, proposed again, waiting for the head of section."""
    at = desk(city, "salary-draft", 12)
    yield from at.proposed()
    yield at.later()
    text = "第二条所列比例与上位规定的表述不一致，请核对后重新送审。"
    reviews.return_for_correction(at.record, actor=at.by("section"), reason="text_errors", text=text)
    yield at.later(2)
    at.submit()


def merged(city: City) -> Story:
    """The admissions office merges into the examination centre: what it published stays, its draft and people pass."""
    at = desk(city, "admissions-rules", 190)
    yield from at.drafted()
    yield at.wait(170)
    heir = city.organs["yunzhou-exams"]
    records.reorganise(
        [at.organ],
        actor=city.actor("admin.xitong"),
        successors=[heir],
        on=clock.today(),
        basis="《关于调整市教育局所属事业单位设置的批复》（云编办〔2026〕7号）".replace(
            "2026", str(clock.today().year)
        ),
        decisions=records.Decisions(records={at.record.pk: heir.pk}),
    )


CHRONICLE: tuple[Told, ...] = (
    migrated("parking-trial", 31, years_before(4), (3, 25), 502),
    migrated("old-market", 9, in_year(2016), (4, 12), 501),
    migrated("old-heating", 24, in_year(2018), (10, 16), 500),
    migrated("old-fireworks", 40, in_year(2019), (12, 20), 499),
    migrated("old-taxi", 6, in_year(2020), (4, 3), 498),
    *(plain(key, ago) for key, ago in PUBLISHED),
    on_the_eve("festival-duty", 1, 1, lead=9),
    on_the_eve("holiday-supply", 1, 9, lead=9),
    on_the_eve("wage-credit", 1, 9),
    on_the_eve("tax-period", 0, 1, lead=9),
    on_the_eve("appointments", 0, 1),
    cleaned_up,
    expired,
    withheld_again,
    consented,
    returned_twice,
    migrated("admissions-plan", 4, in_year(2023), (6, 9), 497),
    merged,
)
