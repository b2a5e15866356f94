"""Uploads stay in memory until the guard has seen them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from gongkai.config import env
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.files.reception import InMemoryReception
from gongkai.ground.refusal import Refused


def received(*sizes: int) -> list[object]:
    files = [SimpleUploadedFile(f"a{index}.txt", b"a" * size) for index, size in enumerate(sizes)]
    request = RequestFactory().post("/", {"file": files})
    request.upload_handlers = [InMemoryReception(request)]
    return request.FILES.getlist("file")


@pytest.fixture(autouse=True)
def one_megabyte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(env, "UPLOAD_LIMIT_MB", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_upload_arrives_whole() -> None:
    (file,) = received(700_000)
    assert inspect_upload(file, file.name).size == 700_000


def test_large_upload_is_not_kept_and_refused_by_its_true_size(tmp_path: Path) -> None:
    (file,) = received(5_000_000)
    assert file.size == 5_000_000
    assert len(file.read()) == 1024 * 1024 + 1
    with pytest.raises(Refused) as refused:
        inspect_upload(file, file.name)
    assert refused.value.code == "files.too_large"
    assert list(tmp_path.iterdir()) == []


def test_many_uploads_together_stay_within_the_limit() -> None:
    files = received(700_000, 700_000)
    assert inspect_upload(files[0], "a.txt").size == 700_000
    with pytest.raises(Refused) as refused:
        inspect_upload(files[1], "b.txt")
    assert refused.value.code == "files.incomplete"
