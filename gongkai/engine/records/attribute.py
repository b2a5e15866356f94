"""The disclosure attribute (公开属性) and its ground: present, known on the day, and fitting each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.engine.records.models import Disclosure, Record
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.queries import grounds, statutory_categories

LAW = "《政府信息公开条例》第十三条至第十七条、第十九条至第二十一条"

NO_ATTRIBUTE = wording(
    "records.no_attribute",
    what="没有认定公开属性。",
    todo="请在“主动公开、依申请公开、不予公开”中选择一项，并选择依据。",
    status=422,
)
NO_GROUND = wording(
    "records.no_ground",
    what="公开属性“{disclosure}”没有填写依据。",
    todo="主动公开的选择法定公开事项，其余的选择不公开的法定理由并写明原因；可以退回补充。",
    status=422,
)
UNFIT_GROUND = wording(
    "records.unfit_ground",
    what="依据“{basis}”不能用于“{disclosure}”。",
    todo="请选择与公开属性相符、在成文之日有效的依据。",
    status=422,
)
NO_REASON = wording(
    "records.no_reason",
    what="“{disclosure}”没有写明理由。",
    todo="请写明适用该条款的具体理由；不要写入应当保密的内容。",
    status=422,
)


def refuse_unfit_attribute(record: Record) -> None:
    """Refuse a working edition whose attribute or ground is missing or unfit (a hard refusal, architecture).

    Proactive disclosure names its statutory category, withholding its lawful ground; both other attributes a reason.
    """
    refuse_unfit_content(record.working.content if record.working else {})


def refuse_unfit_content(content: Mapping[str, Any]) -> None:
    """The same for a content that is no edition yet."""
    disclosure, basis = content.get("disclosure", ""), content.get("disclosure_basis", "")
    if not disclosure:
        raise Refused(NO_ATTRIBUTE, LAW, where="公开属性")
    label = Disclosure(disclosure).label
    if not basis and disclosure != Disclosure.ON_APPLICATION:
        raise Refused(NO_GROUND, LAW, where="公开依据", disclosure=label)
    if basis and basis not in fitting_grounds(disclosure):
        raise Refused(UNFIT_GROUND, LAW, where="公开依据", disclosure=label, basis=basis)
    if disclosure != Disclosure.PROACTIVE and not content.get("disclosure_reason", "").strip():
        raise Refused(NO_REASON, LAW, where="不公开理由", disclosure=label)


def fitting_grounds(disclosure: str) -> dict[str, str]:
    """Code and name of every ground in force today for an attribute.

    What is a state or work secret is not among them: it may not lie on this platform at all.
    """
    if disclosure == Disclosure.PROACTIVE:
        return {term.code: term.name for term in statutory_categories()}
    return {term.code: term.name for term in grounds() if term.use == "withhold"}
