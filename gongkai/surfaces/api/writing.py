"""What a service account may write: proposals, editions, attachments, actions. Each is one act at the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from ninja import File, Header, Router, Status, UploadedFile

from gongkai.engine.records.actions import draft, edit, receive, revise
from gongkai.engine.records.attachments import file_entries
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import EDITABLE
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, visible
from gongkai.ground.gate.idempotency import once
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.surfaces.api.arguments import ACTIONS
from gongkai.surfaces.api.files import store
from gongkai.surfaces.api.schemas import ActionIn, EditIn, Problem, ProposalIn, Receipt, UploadOut, WorkOut
from gongkai.surfaces.api.shapes import receipt, work_out
from gongkai.surfaces.api.tokens import ServiceToken

router = Router(tags=["办理"], auth=ServiceToken())
Key = Header(..., alias="Idempotency-Key", min_length=8, max_length=80, description="同一请求重发时使用同一个键")
REFUSALS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}

NO_ORGAN = wording("api.no_organ", what="没有代码为“{code}”的机构。", todo="机构代码见 /api/v1/organs。", status=422)
NEEDS_AT = wording("api.needs_at", what="没有给出时间。", todo="请在 at 中给出带时区的时间。", status=422)


def _organ(code: str) -> Organ:
    found = Organ.objects.filter(code=code, valid_until__isnull=True).first()
    if found is None:
        raise Refused(NO_ORGAN, code=code, where="organ_code")
    return found


def _propose(request: HttpRequest, key: str, body: ProposalIn, act: Callable[..., Record], name: str) -> dict[str, Any]:
    actor: Actor = request.auth  # type: ignore[attr-defined]

    def do() -> dict[str, Any]:
        organ = _organ(body.organ_code)
        made = act(
            actor=actor,
            organ=organ,
            kind=body.kind,
            content=body.content,
            files=file_entries(body.file_ids, actor),
            co_issuers=[_organ(code) for code in body.co_issuer_codes],
            preset=body.preset,
            index_number=body.index_number,
        )
        return receipt(made)

    answer, _ = once(key, {"name": name, "body": body.model_dump(mode="json")}, actor, do)
    return answer  # type: ignore[no-any-return]


@router.post("/drafts", response={201: Receipt, **REFUSALS}, summary="起草")
def make_draft(request: HttpRequest, body: ProposalIn, key: str = Key) -> Status[dict[str, Any]]:
    """Start a draft in an organ."""
    return Status(201, _propose(request, key, body, draft, "draft"))


@router.post("/received", response={201: Receipt, **REFUSALS}, summary="接收已签发文件")
def make_received(request: HttpRequest, body: ProposalIn, key: str = Key) -> Status[dict[str, Any]]:
    """Deliver a document signed in the OA system; it lies before the reviewers at once."""
    return Status(201, _propose(request, key, body, receive, "receive"))


@router.post("/files", response={201: UploadOut, **REFUSALS}, summary="上传附件")
def upload(request: HttpRequest, organ_code: str, file: File[UploadedFile], key: str = Key) -> Status[dict[str, Any]]:
    """Store an attachment, sealed until its record is published."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return Status(201, store(file, _organ(organ_code), actor, key))


def _record(pk: int, actor: Actor) -> Record:
    found: Record | None = visible(Record, actor).filter(pk=pk).select_related("organ", "working").first()
    if found is None:
        raise Refused(UNKNOWN)
    return found


@router.get("/work/{int:pk}", response={200: WorkOut, **REFUSALS}, summary="办理情况")
def work(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A record of one's own organ: state, edition, and what may be done now and why not."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return work_out(_record(_key(pk), actor), actor)


def _key(pk: int) -> int:
    if not 0 < pk < 2**63:
        raise Http404
    return pk


@router.post("/work/{int:pk}/editions", response={201: Receipt, **REFUSALS}, summary="保存新版本")
def make_edition(request: HttpRequest, pk: int, body: EditIn, key: str = Key) -> Status[dict[str, Any]]:
    """Save a new edition; under review the earlier reviewers must reaffirm."""
    actor: Actor = request.auth  # type: ignore[attr-defined]

    def do() -> dict[str, Any]:
        record = _record(_key(pk), actor)
        act = edit if record.state in EDITABLE else revise
        files = None if body.file_ids is None else file_entries(body.file_ids, actor)
        act(record, actor=actor, content=body.content, files=files)
        return receipt(record)

    answer, _ = once(key, {"name": "edition", "pk": pk, "body": body.model_dump(mode="json")}, actor, do)
    return Status(201, answer)


@router.post("/work/{int:pk}/actions/{name}", response={200: Receipt, **REFUSALS}, summary="办理一个动作")
def act(request: HttpRequest, pk: int, name: str, body: ActionIn, key: str = Key) -> dict[str, Any]:
    """Do an action by its name (see the list at GET /work/{pk})."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    if name not in ACTIONS:
        raise Http404
    do_action, arguments = ACTIONS[name]
    given = {argument: getattr(body, argument) for argument in arguments}
    if "at" in given and (body.at is None or body.at.tzinfo is None):
        raise Refused(NEEDS_AT, where="at")

    def do() -> dict[str, Any]:
        record = _record(_key(pk), actor)
        do_action(record, actor=actor, **given)
        return receipt(record)

    answer, _ = once(key, {"name": name, "pk": pk, "body": body.model_dump(mode="json")}, actor, do)
    return answer  # type: ignore[no-any-return]
