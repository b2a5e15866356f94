"""What register verify recomputes about opinions."""

from __future__ import annotations

from gongkai.engine.records.histories import key_batches, readable, told
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.digests import opinion_digest
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.register import triggers
from gongkai.ground.register.verify import Difference, Findings, verifier


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
    for table in triggers.missing(["reviews_opinion"]):
        yield Difference(f"table {table}", "trigger-missing", "拒绝修改或删除的触发器不在")
    return count
