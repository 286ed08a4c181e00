"""The folder of an adapter or of a merged model as a zip, streamed so that its size does not matter."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK = 2**20  # bytes
# What PEFT and vLLM read, and our manifest. An optimizer's state is pickled, and of no use to anybody else.
SUFFIXES = {".json", ".safetensors", ".jinja", ".model", ".md", ".txt"}


def model_files(folder: Path) -> list[Path]:
    """The files to hand out: plain files directly in the folder, no links."""
    files = (file for file in folder.iterdir() if file.is_file() and not file.is_symlink())
    return sorted(file for file in files if file.suffix in SUFFIXES and not file.name.startswith("."))


def stream_zip(folder: Path, name: str) -> Iterator[bytes]:
    """The zip in pieces; inside it, all files lie in one folder `name`."""
    buffer = _Buffer()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for file in model_files(folder):
            info = ZipInfo.from_file(file, f"{name}/{file.name}")
            with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while block := source.read(BLOCK):
                    target.write(block)
                    yield buffer.take()
    yield buffer.take()


class _Buffer(io.RawIOBase):
    """A file that cannot seek, and whose content is taken out as it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        content, self._pieces = b"".join(self._pieces), []
        return content
