"""How uploads arrive: in memory only. Django's usual handlers write large ones to a temporary folder unexamined."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from gongkai.config import env


class InMemoryReception(FileUploadHandler):
    """Keeps the files of a request in memory, together no more than one upload may have; the rest is counted only.

    What is larger reaches the guard with its true ``size`` and is refused there with words.
    """

    kept = 0
    part: io.BytesIO

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.part = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece while there is room; never hand it on to a handler that would write it."""
        del start
        room = env.UPLOAD_LIMIT_MB * 1024 * 1024 + 1 - self.kept
        self.part.write(raw_data[: max(room, 0)])
        self.kept += len(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file with its true size, even where not all of it was kept."""
        self.part.seek(0)
        return InMemoryUploadedFile(
            file=self.part,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
