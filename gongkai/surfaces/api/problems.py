"""Every "no" of the interface as problem+json."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gongkai.ground.refusal import Refused
from gongkai.ground.register.canonical import NotCanonicalError

MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, code: str, **more: str) -> HttpResponse:
    """A problem+json answer."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The domain's no: what, where, which provision, what to do."""
    told = refusal.explain()
    return problem(
        told.status,
        told.what,
        str(refusal),
        told.code,
        where=told.where,
        provision=told.provision,
        todo=told.todo,
    )


def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that is not of the documented form."""
    places = [".".join(str(part) for part in item["loc"]) for item in error.errors]
    words = "；".join(f"{place}：{item['msg']}" for place, item in zip(places, error.errors, strict=True))
    return problem(
        422,
        "请求的格式不符合接口说明。",
        words,
        "api.invalid",
        where="、".join(places),
        todo="请对照 /api/v1/openapi.json 改正。",
    )


def unauthenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """No token, or one that is not in force."""
    answer = problem(
        401,
        "没有有效的接口令牌。",
        "令牌缺失、已停用或者已过期。",
        "api.unauthenticated",
        todo="请在 Authorization 头中给出有效令牌；令牌由安全管理员签发。",
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def unknown(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """Nothing at this address, or nothing the caller may know of."""
    return problem(404, "没有找到。", "这个地址没有内容，或者您无权知悉。", "api.unknown", todo="请核对地址。")


@csrf_exempt
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address below the interface that no operation has."""
    return unknown(request, Http404())


def not_canonical(_request: HttpRequest, _error: NotCanonicalError) -> HttpResponse:
    """A value that no edition can hold: a fraction, U+0000, half a character, nested without end."""
    return problem(
        422,
        "内容中有不能保存的值。",
        "小数、空字符（U+0000）、不完整的字符和过深的嵌套不能保存。",
        "api.not_canonical",
        todo="请把数字写成整数或文字，并去掉这些字符。",
    )


def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses, such as a body that is no JSON."""
    return problem(error.status_code, "请求无法处理。", str(error), "api.bad_request", todo="请对照接口说明改正。")


_REF = "#/components/schemas/Problem"
#: What any operation may answer, whatever it declares: a body that is no JSON, values out of range, nothing there.
_ALWAYS = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Content"}


def described(schema: Any) -> Any:
    """The description with each problem under its own media type, and with what every operation may answer."""
    known = {MEDIA_TYPE: {"schema": {"$ref": _REF}}}
    for operation in (one for path in schema["paths"].values() for one in path.values()):
        answers = operation["responses"]
        for answer in answers.values():
            if answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref") == _REF:
                answer["content"] = known
        for status, words in _ALWAYS.items():
            answers.setdefault(status, {"description": words, "content": known})
    return schema


def install(api: NinjaAPI) -> None:
    """Teach an API these answers."""
    handlers: dict[type[Exception], Any] = {
        Refused: refused,
        ValidationError: invalid,
        AuthenticationError: unauthenticated,
        Http404: unknown,
        HttpError: http_error,
        NotCanonicalError: not_canonical,
    }
    for error, handler in handlers.items():
        api.add_exception_handler(error, handler)
