"""The site with one more address, an empty view: what the middleware alone costs. For ``bench http`` only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from gongkai.config.wsgi import application

__all__ = ["application"]


def empty(_request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


def _add() -> None:
    from gongkai.config import urls

    urls.urlpatterns.append(path("bench/empty", empty))


_add()
