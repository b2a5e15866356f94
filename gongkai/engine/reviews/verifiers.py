"""What register verify recomputes about opinions."""

from __future__ import annotations

from gongkai.engine.reviews.digests import opinion_digest
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

BATCH = 500


@verifier("opinions")
def opinions() -> Findings:
    """Every opinion is what its event committed to and is bound to its edition's hash; none is missing."""
    told: dict[int, str] = {}
    for event in Event.objects.filter(subject_type="record").order_by("pk").iterator(BATCH):
        if "opinion" in event.data:
            told[event.data["opinion"]] = event.data["opinion_sha256"]
    count = 0
    for opinion in Opinion.objects.select_related("edition").order_by("pk").iterator(BATCH):
        count += 1
        digest = told.pop(opinion.pk, None)
        if digest is None:
            yield Difference(f"opinion {opinion.pk}", "opinion-unrecorded", "存在没有登记的审核意见。")
        elif digest != opinion_digest(opinion):
            yield Difference(f"opinion {opinion.pk}", "opinion-changed", "审核意见与当时记录不符。")
        if opinion.edition.sha256 != opinion.edition_sha256:
            yield Difference(f"opinion {opinion.pk}", "opinion-unbound", "审核意见所绑定的版本哈希不符。")
    for pk in sorted(told):
        yield Difference(f"opinion {pk}", "opinion-missing", "登记过的审核意见已不存在。")
    return count
