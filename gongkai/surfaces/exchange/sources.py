"""What an import reads: files and folders, each file once however often its bytes occur, JSON lines item by item.

Nothing here touches the database: a dry run (``--dry-run``) works before there is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gongkai.config import env
from gongkai.domains.documents.reader import ReadDocument, read_document, structured
from gongkai.ground.files import media, refusals
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.files.marks import CITATION, scan
from gongkai.ground.files.text import Block, StructuredText, TextWarning
from gongkai.ground.refusal import Refused, wording

NO_PATH = wording(
    "exchange.no_path", what="没有找到要导入的文件：{path}。", todo="请核对路径；文件夹中至少要有一个文件。", status=404
)
NOT_JSON = wording(
    "exchange.not_json",
    what="不是一条 JSON 对象。",
    todo="JSON Lines 文件每行应是一个对象，至少含 title 和正文。",
    status=422,
)
NO_BODY = wording(
    "exchange.no_body",
    what="这条 JSON 对象没有正文。",
    todo="正文应在 original_text、full_text、body、text、content 或“正文”中；不是文件的数据请不要按文件导入。",
    status=422,
)
NO_TEXT = wording(
    "exchange.no_text",
    what="文件中没有可读的文字。",
    todo="扫描件请先识别为文字；图片、压缩包请作为附件上传。",
    status=422,
)
NOT_OPENED = wording(
    "exchange.not_opened", what="文件无法打开（{problem}）。", todo="请检查文件权限后重试。", status=422
)

Known = Callable[[str], "dict[str, Any] | None"]
# What an object may call its parts; the first that is there counts.
_BODY_KEYS = ("original_text", "full_text", "body", "text", "content", "article", "answer", "正文", "正文内容", "内容")
_LABELS = {
    "索引号": ("index_number", "索引号"),
    "文号": ("document_number", "doc_no", "pcode", "文号", "发文字号"),
    "发布机构": ("issuing_organ", "source", "puborg", "发布机构"),
    "成文日期": ("written_on", "成文日期"),
    "发布日期": ("published_on", "publish_date", "pub_date", "发布日期"),
    "主题分类": ("subject_class", "childtype", "主题分类"),
    "体裁": ("genre", "体裁"),
    "有效性": ("validity", "有效性"),
    "ArticleTitle": ("title", "question", "标题", "名称"),
}
_MARKDOWN_HEAD = re.compile(r"^#{1,6}\s+")
# Texts are cut at a round number of signs, and then end inside a sentence.
_ROUND = 500
_ENDED = re.compile(r"[。！？!?；;”》）)】日印发]$")


@dataclass
class Source:
    """One document to import: read, or refused with its reason; ``same_bytes`` are other paths of the same file.

    ``digest`` is the SHA-256 of the file, or of the line of a JSON Lines file. ``line`` is what an earlier run printed
    of it, where that run took it.
    """

    path: str
    document: ReadDocument | None = None
    refusal: Refused | None = None
    data: bytes = b""
    digest: str = ""
    line: dict[str, Any] | None = None
    same_bytes: list[str] = field(default_factory=list)

    @property
    def is_marked(self) -> bool:
        """Whether it was refused for a classification mark (密级标志); then nothing of it is kept."""
        return self.refusal is not None and self.refusal.code == refusals.CLASSIFICATION_MARK


def files_of(paths: Iterable[str | Path]) -> list[Path]:
    """Every file of the paths, folders in order of names. Raises Refused where a path does not exist."""
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            found.extend(sorted(part for part in path.rglob("*") if part.is_file() and not part.name.startswith(".")))
        elif path.is_file():
            found.append(path)
        else:
            raise Refused(NO_PATH, path=str(path), where=str(path))
    return found


def read_sources(paths: Iterable[str | Path], known: Known | None = None) -> Iterator[Source]:
    """Every document of the paths. The same bytes twice are one source.

    ``known`` gives the line of a digest that an interrupted import took before; such a source is not read again.
    """
    for path, digest, twins in _distinct(files_of(paths)):
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            yield from _read_lines(path, known)
        elif known is not None and (line := known(digest)) is not None:
            yield Source(str(path), digest=digest, line=line)
        else:
            yield replace(_read_file(path, twins), digest=digest)


def _distinct(files: Iterable[Path]) -> list[tuple[Path, str, list[str]]]:
    """The files, each content once with its digest and the further paths of the same bytes."""
    by_digest: dict[str, tuple[Path, str, list[str]]] = {}
    for path in files:
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            digest = str(path)
        if digest in by_digest:
            by_digest[digest][2].append(str(path))
        else:
            by_digest[digest] = (path, digest, [])
    return list(by_digest.values())


def _read_file(path: Path, twins: list[str]) -> Source:
    try:
        with path.open("rb") as file:
            guarded = inspect_upload(file, path.name, is_kept=False)
        if guarded.text is None:
            raise Refused(NO_TEXT, where=path.name)
        text = structured(guarded.data, path.name) if guarded.media_type == media.TEXT else guarded.text
        document = _read(text, path.name)
    except Refused as refusal:
        return Source(str(path), refusal=refusal, same_bytes=twins)
    except OSError as error:
        return Source(str(path), refusal=Refused(NOT_OPENED, problem=error.strerror or "", where=path.name))
    return Source(str(path), document, data=guarded.data, same_bytes=twins)


def _read(text: StructuredText, name: str) -> ReadDocument:
    document = read_document(text, name)
    if not document.body and not document.title:
        raise Refused(NO_TEXT, where=name)
    return document


def _read_lines(path: Path, known: Known | None) -> Iterator[Source]:
    """The objects of a JSON Lines file, one at a time; an object that was seen before is passed over."""
    seen: set[str] = set()
    limit = env.UPLOAD_LIMIT_MB * 1024 * 1024
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(limit + 1), b""), 1):
            digest = hashlib.sha256(line.strip()).hexdigest()
            if not line.strip() or digest in seen:
                continue
            seen.add(digest)
            name = f"{path}#{number}"
            if known is not None and (before := known(digest)) is not None:
                yield Source(name, digest=digest, line=before)
                continue
            try:
                yield Source(name, _read(_of_object(_object(line, limit), name), path.name), digest=digest)
            except Refused as refusal:
                yield Source(name, refusal=refusal, digest=digest)


def _object(line: bytes, limit: int) -> dict[str, Any]:
    if len(line) > limit:
        raise Refused(refusals.TOO_LARGE, limit=env.UPLOAD_LIMIT_MB)
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused(NOT_JSON)
    return found


def _of_object(found: dict[str, Any], name: str) -> StructuredText:
    """An object's text with its other parts as labels of a page. Refused where it bears a classification mark."""
    body = next((found[key] for key in _BODY_KEYS if isinstance(found.get(key), str) and found[key].strip()), "")
    if not body:
        raise Refused(NO_BODY)
    labels = []
    for label, keys in _LABELS.items():
        value = next((found[key] for key in keys if isinstance(found.get(key), str) and found[key].strip()), "")
        if value:
            labels.append((label, value.strip()))
    lines = (_MARKDOWN_HEAD.sub("", line.strip()) for line in body.splitlines())
    blocks = tuple(Block("paragraph", text=line) for line in lines if line)
    text = StructuredText(
        blocks=blocks, labels=tuple(labels), media_type=media.TEXT, warnings=tuple(_cut_off(body, name))
    )
    if scan(text, name) or any(scan(value) for _, value in labels):
        raise Refused(refusals.CLASSIFICATION_MARK, CITATION)
    return text


def _cut_off(body: str, name: str) -> Iterator[TextWarning]:
    """A text of a round length that ends inside a sentence was cut by who collected it."""
    if len(body) >= _ROUND and len(body) % _ROUND == 0 and not _ENDED.search(body.rstrip()):
        yield TextWarning(
            "truncated", "文末", str(len(body)), "", f"{name} 的正文恰为 {len(body)} 字且没有写完，可能被截断。"
        )


def line_of(source: Source, record: str | None = None) -> dict[str, Any]:
    """The JSON line of a source (interfaces.md); a refused one has ``error`` and nothing of the file but its path."""
    if source.document is not None:
        line = source.document.as_json(source.path, record)
        if source.same_bytes:
            line["same_bytes"] = list(source.same_bytes)
        return line
    assert source.refusal is not None
    told = source.refusal.explain()
    code = "classification-mark" if source.is_marked else "unreadable"
    empty = _nothing(source.path)
    empty["warnings"] = [
        {"code": code, "place": "全文", "found": "", "expected": "", "message": f"{told.what}{told.todo}"}
    ]
    empty["error"] = {"code": source.refusal.code, "message": f"{told.what}{told.todo}"}
    return empty


def duplicate_warning(first: str) -> TextWarning:
    """The warning that a source is the same document in another format."""
    return TextWarning(
        "duplicate-content",
        "全文",
        found=first,
        message=f"与“{first}”的标题、文号、正文相同，是另一种格式，没有另建。",
    )


def _nothing(path: str) -> dict[str, Any]:
    names = "kind title document_number index_number issuing_organ written_on published_on subject_class genre validity"
    line: dict[str, Any] = {"path": path} | dict.fromkeys(names.split())
    line |= {"effective_until": None, "body_chars": 0, "attachments": [], "evidence": {}, "facts": {}, "tables": []}
    return line | {"warnings": [], "record": None}
