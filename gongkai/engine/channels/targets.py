"""The targets of headless publishing, as the operator describes them in TARGETS_FILE; and the names of channels."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gongkai.config import env
from gongkai.ground.organs.models import OrganClosure
from gongkai.ground.outbound import is_permitted
from gongkai.ground.refusal import Refused, wording

PORTAL = "portal"
COLUMN, PUSH = "column:", "push:"

BAD_TARGETS = wording(
    "channels.bad_targets",
    what="推送目标文件 TARGETS_FILE 有误：{problem}",
    todo="请系统管理员按说明改正后重试。",
    status=422,
)


class Target(BaseModel):
    """One platform that receives what is published: an address that takes JSON, or a folder of an exchange platform.

    ``organs``: codes of the organs (with those below) that may use it, empty for all. ``always``: it receives every
    record of them without being chosen. ``read_back``: the address of the page, with ``{index_number}``; only hosts
    in ``read_back_hosts`` are ever read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,33}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["http", "folder"]
    url: str = ""
    token: str = ""
    folder: str = ""
    organs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    always: bool = False
    read_back: str = ""
    read_back_hosts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:  # noqa: N804 - an "after" validator is an instance method
        if self.kind == "http" and not is_permitted(self.url):
            raise ValueError("url must be https")
        if self.kind == "folder" and not Path(self.folder).is_absolute():
            raise ValueError("folder must be an absolute path")
        return self

    @property
    def channel(self) -> str:
        """The name of this target among channels."""
        return f"{PUSH}{self.code}"

    def takes(self, kind: str, organ_id: int) -> bool:
        """Whether records of a kind and an organ may go there."""
        if self.kinds and kind not in self.kinds:
            return False
        return (
            not self.organs
            or OrganClosure.objects.filter(descendant_id=organ_id, ancestor__code__in=self.organs).exists()
        )


def targets() -> dict[str, Target]:
    """The operator's targets by code; none while there is no file. Refused in words when the file is wrong."""
    try:
        stamp = env.TARGETS_FILE.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(str(env.TARGETS_FILE), stamp)


@functools.lru_cache(maxsize=4)
def _read(path: str, _stamp: int) -> dict[str, Target]:
    try:
        found = [Target.model_validate(one) for one in json.loads(Path(path).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        problem = "；".join(str(one["loc"]) for one in error.errors()) if isinstance(error, ValidationError) else "JSON"
        raise Refused(BAD_TARGETS, problem=problem) from None
    return {target.code: target for target in found}


def target_of(channel: str) -> Target | None:
    """The target that a channel names; None when it names none, or one the operator took away."""
    return targets().get(channel.removeprefix(PUSH)) if channel.startswith(PUSH) else None


def column_key(channel: str) -> int | None:
    """The key of the column that a channel names."""
    found = re.fullmatch(rf"{COLUMN}([0-9]{{1,18}})", channel)
    return int(found.group(1)) if found else None


def column_channel(pk: int) -> str:
    """The name of a column among channels."""
    return f"{COLUMN}{pk}"


def standing_targets(kind: str, organ_id: int) -> Iterable[Target]:
    """The targets that receive every record of an organ without being chosen."""
    return [target for target in targets().values() if target.always and target.takes(kind, organ_id)]
