"""Elder mode (长辈版) and high contrast: remembered in two cookies, read on the server, working without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

ELDER_COOKIE = "gk_elder"
CONTRAST_COOKIE = "gk_contrast"
YEAR = 365 * 24 * 3600
SWITCHES = {"elder": ELDER_COOKIE, "contrast": CONTRAST_COOKIE}


@dataclass(frozen=True)
class Display:
    """How this visitor wants pages shown."""

    is_elder: bool = False
    is_contrast: bool = False

    @property
    def classes(self) -> str:
        """Class names for the root element."""
        return " ".join(name for name, on in (("elder", self.is_elder), ("contrast", self.is_contrast)) if on)


def display_of(request: HttpRequest | None) -> Display:
    """The visitor's choice as the cookies say; the plain page when there is no request."""
    if request is None:
        return Display()
    return Display(
        is_elder=request.COOKIES.get(ELDER_COOKIE) == "1", is_contrast=request.COOKIES.get(CONTRAST_COOKIE) == "1"
    )


def set_display(request: HttpRequest) -> HttpResponse:
    """Switch elder mode or high contrast and go back to the page; changes nothing but the visitor's own cookies."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    answer = HttpResponseRedirect(target)
    for switch, cookie in SWITCHES.items():
        if request.GET.get(switch) == "1":
            answer.set_cookie(cookie, "1", max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
        elif request.GET.get(switch) == "0":
            answer.delete_cookie(cookie, samesite="Lax")
    answer["Cache-Control"] = "no-store"
    return answer


app_name = "look"
urlpatterns = [path("display/", set_display, name="display")]
