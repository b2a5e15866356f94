"""What register verify recomputes about opinions."""

from __future__ import annotations

from gongkai.engine.records.histories import key_batches, readable, told
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.digests import opinion_digest
from gongkai.engine.reviews.models import Opinion, SecrecyLine
from gongkai.ground.register import triggers
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

GUARDED = ["reviews_opinion", "reviews_presetchoice", "reviews_urging", "reviews_secrecyline"]


@verifier("opinions")
def opinions() -> Findings:
    """Every opinion is what its event committed to and is bound to its edition's hash; none is missing."""
    count = 0
    for keys in key_batches(Record.objects.all()):
        digests = {
            event.data["opinion"]: event.data["opinion_sha256"]
            for events in told(keys).values()
            for event in events
            if "opinion" in event.data
        }
        rows = Opinion.objects.filter(step__review__record__in=keys).select_related("edition")
        for found in readable(rows.defer("edition__canonical").order_by("pk"), "opinion"):
            count += 1
            if isinstance(found, Difference):
                yield found
                continue
            digest = digests.pop(found.pk, None)
            if digest is None:
                yield Difference(f"opinion {found.pk}", "opinion-unrecorded", "存在没有登记的审核意见。")
            elif digest != opinion_digest(found):
                yield Difference(f"opinion {found.pk}", "opinion-changed", "审核意见与当时记录不符。")
            if found.edition.sha256 != found.edition_sha256:
                yield Difference(f"opinion {found.pk}", "opinion-unbound", "审核意见所绑定的版本哈希不符。")
        for pk in sorted(digests):
            yield Difference(f"opinion {pk}", "opinion-missing", "登记过的审核意见已不存在。")
    for table in triggers.missing(GUARDED):
        yield Difference(f"table {table}", "trigger-missing", "拒绝修改或删除的触发器不在")
    return count


@verifier("secrecy_sheets")
def secrecy_sheets() -> Findings:
    """Every line of a secrecy sheet is what its event listed, and its opinion is on the edition listed."""
    count = 0
    events = Event.objects.filter(name="secrecy_sheet.drawn").order_by("pk")
    listed = {int(event.subject_id): [tuple(line) for line in event.data["lines"]] for event in events.iterator()}
    found: dict[int, list[tuple[int, str]]] = {}
    rows = SecrecyLine.objects.select_related("opinion").order_by("sheet", "place")
    for line in rows.iterator():
        count += 1
        found.setdefault(line.sheet_id, []).append((line.record_id, line.edition_sha256))
        if line.opinion is not None and line.opinion.edition_sha256 != line.edition_sha256:
            yield Difference(f"secrecy line {line.pk}", "line-unbound", "保密审查表的意见不在所列版本上。")
    for pk in sorted(listed.keys() | found.keys()):
        if listed.get(pk) != found.get(pk):
            yield Difference(f"secrecy sheet {pk}", "sheet-changed", "保密审查表所列各件与登记的事件不符。")
    return count
