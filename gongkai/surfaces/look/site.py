"""What the operator tells about the site: names, its parent government, the marks of the footer (requirements 6.7)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from gongkai.config import env


@dataclass(frozen=True)
class SiteMarks:
    """Names, links and registration numbers of a government site; an empty one is left out of the page."""

    name: str
    parent_name: str
    parent_url: str
    host_organ: str
    contact: str
    site_code: str
    icp_number: str
    police_number: str
    error_report_url: str


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the main menu: the section's key, its words and its address."""

    key: str
    label: str
    url: str


# The menu of experience.md. An entry whose address no surface brings yet is left out of the page.
MENU: tuple[tuple[str, str, str], ...] = (
    ("xxgk", "政务公开", "portal:disclosure"),
    ("policy", "政策", "portal:policy"),
    ("foi", "依申请公开", "portal:foi"),
    ("interaction", "互动", "portal:interaction"),
    ("data", "数据", "portal:data"),
    ("gazette", "公报", "portal:gazette"),
    ("register", "发布存证", "portal:register"),
)

FOOT: tuple[tuple[str, str, str], ...] = (
    ("rules", "规则与法律依据", "portal:rules"),
    ("feeds", "订阅与数据", "portal:feeds"),
    ("desk", "工作人员登录", "workbench:desk"),
)


def site_marks() -> SiteMarks:
    """The marks as the environment gives them."""
    return SiteMarks(
        name=env.SITE_NAME,
        parent_name=env.SITE_PARENT_NAME,
        parent_url=env.SITE_PARENT_URL,
        host_organ=env.SITE_HOST_ORGAN,
        contact=env.SITE_CONTACT,
        site_code=env.SITE_CODE,
        icp_number=env.SITE_ICP_NUMBER,
        police_number=env.SITE_POLICE_NUMBER,
        error_report_url=env.SITE_ERROR_REPORT_URL,
    )


def absolute(path: str) -> str:
    """A path under the address by which the public reaches the site."""
    return env.PUBLIC_URL.rstrip("/") + path


@functools.cache
def address(name: str) -> str:
    """The address of a named page, or "" while no surface brings it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def menu() -> list[MenuEntry]:
    """The entries of the main menu whose pages exist."""
    return _existing(MENU)


def foot_links() -> list[MenuEntry]:
    """The links of the footer whose pages exist."""
    return _existing(FOOT)


def _existing(entries: tuple[tuple[str, str, str], ...]) -> list[MenuEntry]:
    found = ((key, label, address(name)) for key, label, name in entries)
    return [MenuEntry(key, label, url) for key, label, url in found if url]
