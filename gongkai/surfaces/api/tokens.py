"""Bearer tokens: a service account acts with the grants of its person."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from gongkai.ground.access.actors import Actor, service_actor


class ServiceToken(HttpBearer):
    """``Authorization: Bearer <token>``; sets ``request.auth`` to the actor."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002
        return service_actor(token)
