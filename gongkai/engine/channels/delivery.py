"""How a package reaches a target, and how its page is read back. The same package twice is taken once."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser

from gongkai.engine.channels.models import Push, PushAct, ReadBack
from gongkai.engine.channels.rendering import attachments, enclose, package, texts_of
from gongkai.engine.channels.targets import Target
from gongkai.ground.outbound import Answer, OutboundError, ask, is_permitted

GONE = (404, 410)


class PushError(Exception):
    """A target did not take a package; it is owed still."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send(target: Target, push: Push) -> tuple[str, str]:
    """Tell a target; the receipt and the address at which it shows the record ("" where it does not say)."""
    told = package(push)
    if target.kind == "folder":
        return _drop_into(Path(target.folder), told, push), _address_of(target, push, "")
    body = json.dumps(enclose(told, push), ensure_ascii=False).encode()
    answer = _asked(target, push, body)
    if not answer.is_ok and not (push.act == PushAct.TAKE_BACK and answer.status in GONE):
        raise PushError(f"HTTP {answer.status}")
    return f"HTTP {answer.status}", _address_of(target, push, _told_address(answer))


def _asked(target: Target, push: Push, body: bytes) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": name_of(push)}
    if target.token:
        headers["Authorization"] = f"Bearer {target.token}"
    try:
        return ask(target.url, method="POST", data=body, headers=headers)
    except OutboundError as error:
        raise PushError(error.code) from None


def name_of(push: Push) -> str:
    """The name of a package, the same on every attempt."""
    return f"{push.publication.record.ref}-{push.publication_id}-{push.act}"


def _told_address(answer: Answer) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    return str(told.get("url", ""))[:500] if isinstance(told, dict) else ""


def _address_of(target: Target, push: Push, told: str) -> str:
    """The address to read back: what the target told, if its host is one of those configured; else by the template."""
    if told and is_permitted(told, target.read_back_hosts):
        return told
    if not target.read_back:
        return ""
    number = quote(push.publication.record.index_number or "", safe="")
    made = target.read_back.replace("{index_number}", number).replace("{id}", str(push.publication.record.ref))
    return made if is_permitted(made, target.read_back_hosts) else ""


def _drop_into(folder: Path, told: dict[str, Any], push: Push) -> str:
    """Write the package beside its place and move it there whole: who collects it never sees half of one."""
    name = name_of(push)
    final, draft = folder / name, folder / f".{name}.{os.getpid()}"
    if final.exists():
        return "folder"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        (draft / "record.json").write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
        if push.act == PushAct.SHOW:
            (draft / "page.html").write_text(_whole_page(told), encoding="utf-8")
            for place, (label, data) in enumerate(attachments(push), start=1):
                (draft / f"{place:02}-{_file_name(label)}").write_bytes(data)
        draft.rename(final)
    except OSError as error:
        if final.exists():
            return "folder"
        raise PushError(type(error).__name__) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return "folder"


def _file_name(label: str) -> str:
    return re.sub(r"[^\w.()（）〔〕-]", "_", label).lstrip(".")[-120:] or "attachment"


def _whole_page(told: dict[str, Any]) -> str:
    head = '<!doctype html>\n<html lang="zh-Hans">\n<head><meta charset="utf-8"></head>'
    return f"{head}\n<body>\n{told['html']}\n</body>\n</html>\n"


def read_page(target: Target, push: Push) -> ReadBack:
    """Read the address back, from a configured host only, and compare what it shows with the edition's text.

    After a withdrawal the page must be gone or show none of it. Raises PushError when the site cannot be reached.
    """
    try:
        answer = ask(push.address, hosts=target.read_back_hosts, headers={"Cache-Control": "no-cache"})
    except OutboundError as error:
        raise PushError(error.code) from None
    wanted = [plain for text in texts_of(push.publication.edition.content) if (plain := normalised(text))]
    if answer.status >= 500:
        raise PushError(f"HTTP {answer.status}")
    shown = normalised(_text_of(answer)) if answer.is_ok else ""
    if push.act == PushAct.TAKE_BACK:
        return ReadBack.DIFFERS if any(part in shown for part in wanted if len(part) > 15) else ReadBack.VERIFIED
    found = [part in shown for part in wanted]
    if not shown or not any(found):
        return ReadBack.MISSING
    return ReadBack.VERIFIED if all(found) and _in_order(shown, wanted) else ReadBack.DIFFERS


def _in_order(shown: str, wanted: list[str]) -> bool:
    """Whether the pieces of the body stand one after the other; the title, the first, may stand anywhere."""
    place = 0
    for part in wanted[1:]:
        place = shown.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def normalised(text: str) -> str:
    """Text without white space, in compatibility form: what a reader reads, however it is set."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))


def _text_of(answer: Answer) -> str:
    tree = LexborHTMLParser(answer.body)
    tree.strip_tags(["script", "style", "template", "noscript"])
    return tree.body.text(separator="") if tree.body is not None else ""
