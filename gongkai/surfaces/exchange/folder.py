"""The watched folder (收文文件夹): one subfolder per organ code; a drop is a file, or a folder with metadata and sheet.

The tick takes what lies still. What was taken moves to ``done/``, what was refused to ``refused/`` with a reason beside
it. The ledger in the database decides whether a document was taken before: a process killed between the commit and the
move takes nothing twice.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from django.db import DatabaseError

from gongkai.config import env
from gongkai.domains.documents.intake.delivering import DOCUMENTS, Parcel, Part, take_delivery
from gongkai.domains.documents.intake.receipts import receipt_of
from gongkai.domains.documents.models import Way
from gongkai.ground.files import media
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import WORDINGS, Refused, wording
from gongkai.ground.register.canonical import NotCanonicalError
from gongkai.surfaces.exchange.drafting import importing_actor

logger = logging.getLogger(__name__)

DONE, REFUSED = "done", "refused"
METADATA = "metadata.json"
#: Seconds a drop must lie unchanged before it is taken.
SETTLED = 5.0
AT_ONCE = 20
_MOST_FILES = 100
_UNFINISHED = re.compile(r"^(?:\.|~\$)|\.(?:part|partial|tmp|crdownload|filepart|uploading)$", re.IGNORECASE)
_SHEET = re.compile(r"审签单|发文稿纸|review[-_ ]?sheet", re.IGNORECASE)
_MAIN = re.compile(r"^(?:正文|document)(?:\.|$)", re.IGNORECASE)

NO_DOCUMENT = wording(
    "exchange.no_document",
    what="投放的文件夹里认不出哪个文件是正文。",
    todo="正文命名为“正文”或“document”，或者只放一个 OFD、DOCX、PDF；审签单的文件名含“审签单”；其余按附件接收。",
    status=422,
)
OTHER_ORGAN = wording(
    "exchange.other_organ",
    what="元数据的机构代码“{code}”与投放的文件夹“{folder}”不一致。",
    todo="请投放到本机关代码的文件夹，或者更正 organ_code。",
    status=422,
)
UNFIT_JSON = wording(
    "exchange.unfit_json", what="metadata.json 不是 JSON 对象。", todo="请按交换接口说明书写，UTF-8 编码。", status=422
)


def take_inbox() -> int:
    """Take what lies still in the watched folder; how many drops were settled, one way or the other. For the tick."""
    if not env.INBOX_DIR:
        return 0
    root, settled = Path(env.INBOX_DIR), 0
    for organ in Organ.objects.filter(code__in=_codes(root)).order_by("code"):
        for drop in _drops(root / organ.code):
            if settled >= AT_ONCE:
                return settled
            try:
                settled += _settled(drop, organ)
            except (OSError, ValueError, LookupError, DatabaseError):
                # One drop that cannot be taken or moved must not keep the others waiting.
                logger.exception("inbox: a drop could not be settled")
    return settled


def _codes(root: Path) -> list[str]:
    if not root.is_dir():
        return []
    found = (path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    # A name that is no UTF-8 (an archive from another system) is nobody's code, and no database takes it.
    return sorted(path.name for path in found if _is_text(path.name))


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _drops(folder: Path) -> Iterator[Path]:
    """What lies in an organ's folder whole: finished, unchanged for a while, and no link to somewhere else."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        logger.exception("inbox: a folder could not be read")
        return
    for path in found:
        if path.name in (DONE, REFUSED) or path.is_symlink() or _UNFINISHED.search(path.name):
            continue
        if _is_still(path):
            yield path


def _is_still(path: Path) -> bool:
    """Whether nothing in it changed lately and nothing in it is half written."""
    parts = [path, *path.rglob("*")] if path.is_dir() else [path]
    if path.is_dir() and not any(part.is_file() for part in parts):
        return False
    # The file system's own clock: what it says of a change is compared with nothing else.
    now = time.time()
    try:
        times = [max(part.lstat().st_mtime, part.lstat().st_ctime) for part in parts]
    except FileNotFoundError:
        return False
    return all(now - at >= SETTLED for at in times) and not any(_UNFINISHED.search(part.name) for part in parts)


def _settled(drop: Path, organ: Organ) -> int:
    folder = drop.parent
    try:
        receipt = _taken(drop, organ)
    except FileNotFoundError:
        return 0  # another tick was faster
    except Refused as refusal:
        _put_aside(drop, folder / REFUSED, refusal)
    else:
        place = _moved(drop, folder / DONE)
        if place is not None:
            _write(place.with_name(f"{place.name}.receipt.json"), json.dumps(receipt, ensure_ascii=False, indent=2))
    return 1


def _taken(drop: Path, organ: Organ) -> dict[str, object]:
    actor = importing_actor(organ)
    with ExitStack() as opened:

        def part(path: Path) -> Part:
            return Part(path.name, opened.enter_context(path.open("rb")))

        main, sheet, others, metadata = _parts(drop, organ)
        parcel = Parcel(part(main), metadata, part(sheet) if sheet else None, [part(path) for path in others])
        try:
            taken = take_delivery(parcel, actor=actor, way=Way.FOLDER)
        except NotCanonicalError:
            raise Refused(UNFIT_JSON, where=METADATA) from None
    return receipt_of(taken.delivery, is_duplicate=not taken.is_new)


def _parts(drop: Path, organ: Organ) -> tuple[Path, Path | None, list[Path], str]:
    """The document, the review sheet, the attachments and the metadata of a drop."""
    if drop.is_file():
        return drop, None, [], _metadata(None, organ)
    files = sorted(path for path in drop.rglob("*") if path.is_file() and not path.is_symlink())
    described = next((path for path in files if path.name == METADATA), None)
    rest = [path for path in files if path != described]
    sheets = [path for path in rest if _SHEET.search(path.name)]
    others = [path for path in rest if path not in sheets[:1]]
    mains = [path for path in others if _MAIN.match(path.name)] or [path for path in others if _is_document(path)]
    if len(mains) != 1 or len(files) > _MOST_FILES:
        raise Refused(NO_DOCUMENT, where="投放的文件夹")
    metadata = _metadata(described, organ)
    return mains[0], sheets[0] if sheets else None, [path for path in others if path != mains[0]], metadata


def _is_document(path: Path) -> bool:
    endings = {ending for kind in DOCUMENTS for ending in media.EXTENSIONS[kind]} - {"txt", "htm", "html"}
    return media.extension(path.name) in endings


def _metadata(path: Path | None, organ: Organ) -> str:
    found: object = {}
    if path is not None:
        try:
            found = json.loads(path.read_bytes()[: 1024 * 1024].decode("utf-8-sig"))
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, dict):
        raise Refused(UNFIT_JSON, where=METADATA)
    code = found.setdefault("organ_code", organ.code)
    if code != organ.code:
        raise Refused(OTHER_ORGAN, "《政府信息公开条例》第十条", code=str(code)[:32], folder=organ.code, where=METADATA)
    return json.dumps(found)


def _put_aside(drop: Path, folder: Path, refusal: Refused) -> None:
    """The drop to ``refused/`` with its reason; of a marked one nothing is kept, not even its name."""
    told = refusal.explain()
    lines = [f"未接收：{told.what}", f"位置：{told.where}", f"依据：{told.provision}", f"处理：{told.todo}"]
    text = "\n".join(line for line in lines if not line.endswith("："))
    if told.code.endswith("classification_mark") or WORDINGS[told.code].is_traced:
        _destroyed(drop)
        _write(folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}.reason.txt", text)
        return
    place = _moved(drop, folder)
    if place is not None:
        _write(place.with_name(f"{place.name}.reason.txt"), text)


def _destroyed(drop: Path) -> None:
    # Another tick may have been faster.
    with suppress(FileNotFoundError):
        shutil.rmtree(drop) if drop.is_dir() else drop.unlink()


def _moved(drop: Path, folder: Path) -> Path | None:
    """The drop at its new place, under a free name; None when it is gone already."""
    folder.mkdir(exist_ok=True)
    place = folder / drop.name
    if place.exists():
        place = folder / f"{drop.stem}-{secrets.token_hex(3)}{drop.suffix}"
    try:
        return drop.rename(place)
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)
