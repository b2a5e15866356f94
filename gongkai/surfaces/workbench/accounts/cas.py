"""Signing in through CAS (中央认证服务, protocol 3.0): its page says who by a ticket, which is asked about once.

As with the identity provider: nobody is enrolled, nothing of what it tells is kept, and the same limits apply.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from lxml import etree  # type: ignore[import-untyped]

from gongkai.config import env
from gongkai.ground.access.actions import note
from gongkai.ground.outbound import OutboundError, ask, host_of
from gongkai.surfaces.workbench.accounts.address import client_address
from gongkai.surfaces.workbench.accounts.single import FAILED, refusal, sign_in

log = structlog.get_logger(__name__)
BEGUN = "gongkai_cas_begun"
LARGEST = 256 * 1024
LONGEST_TICKET = 500
_CAS = "{http://www.yale.edu/tp/cas}"


class NotVouched(Exception):
    """The server vouches for nobody. ``code`` says why, and names neither ticket nor person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@require_safe
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """To the login page of the CAS server; only this browser may come back from there."""
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    state = secrets.token_urlsafe(16)
    address = _address("login", service=_service(state))
    request.session[BEGUN] = {"state": state, "target": target if is_ours else ""}
    return HttpResponseRedirect(address)


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """The way back with a ticket, which is asked about at the server itself before anybody is signed in."""
    _address("login")
    begun = request.session.pop(BEGUN, None) or {}
    state, ticket = request.GET.get("state", ""), request.GET.get("ticket", "")
    try:
        if not begun or not constant_time_compare(str(begun.get("state")), state):
            raise NotVouched("state")
        username = vouched_for(ticket, _service(state))
    except NotVouched as error:
        log.error("cas sign-in not completed", error=error.code)
        note("sign_in_failed", address=client_address(request))
        return refusal(request, FAILED)
    return sign_in(request, username, begun.get("target") or None, provider="cas")


def vouched_for(ticket: str, service: str) -> str:
    """The user name that the server gives for a ticket issued for this very address. Raises NotVouched."""
    if not ticket or len(ticket) > LONGEST_TICKET:
        raise NotVouched("ticket")
    # Attributes came with protocol 3.0 and its own address; older servers know the other one.
    page = "p3/serviceValidate" if env.CAS_ATTRIBUTE else "serviceValidate"
    try:
        answer = ask(_address(page, service=service, ticket=ticket), hosts={host_of(settings.CAS_URL)}, largest=LARGEST)
    except OutboundError as error:
        raise NotVouched(error.code) from None
    if not answer.is_ok:
        raise NotVouched(f"HTTP {answer.status}")
    return username_in(answer.body)


def username_in(body: bytes) -> str:
    """The user name in the answer of ``serviceValidate``: the user, or the attribute of the setting; "" without one.

    Read without document type, entities and comments, which could cut a name short. Raises NotVouched.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotVouched("not-xml") from None
    if root.getroottree().docinfo.doctype:
        raise NotVouched("document-type")
    told = root.findall(f"{_CAS}authenticationSuccess") if root.tag == f"{_CAS}serviceResponse" else []
    if len(told) != 1:
        raise NotVouched("no-success")
    name = f"{_CAS}attributes/{_CAS}{env.CAS_ATTRIBUTE}" if env.CAS_ATTRIBUTE else f"{_CAS}user"
    found = told[0].findall(name)
    return "".join(found[0].itertext()).strip() if len(found) == 1 and not len(found[0]) else ""


def _service(state: str) -> str:
    """Our address of the way back, as the server must have it word for word both times."""
    return f"{env.PUBLIC_URL.rstrip('/')}{reverse('cas_back')}?{urlencode({'state': state})}"


def _address(page: str, **query: Any) -> str:
    if not settings.CAS_URL:
        raise Http404
    return f"{settings.CAS_URL}/{page}" + (f"?{urlencode(query)}" if query else "")
