"""The folder of an adapter or of a merged model as a zip, streamed so that its size does not matter."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

BLOCK = 2**20
# What PEFT and vLLM read, and our manifest. The state of an optimizer is pickled, and nobody else's business.
WANTED = {".json", ".safetensors", ".jinja", ".model", ".md", ".txt"}


def model_files(folder: Path) -> list[Path]:
    """The files that are handed out: plain files of the folder itself, no links."""
    files = (file for file in folder.iterdir() if file.is_file() and not file.is_symlink())
    return sorted(file for file in files if file.suffix in WANTED and not file.name.startswith("."))


def zipped(folder: Path, name: str) -> Iterator[bytes]:
    """The zip in pieces; inside, all files lie in one folder `name`."""
    out = _Outflow()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for file in model_files(folder):
            info = ZipInfo.from_file(file, f"{name}/{file.name}")
            with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while block := source.read(BLOCK):
                    target.write(block)
                    yield out.taken()
    yield out.taken()


class _Outflow(io.RawIOBase):
    """A file that cannot be sought in, whose content is taken away as it is written."""

    def __init__(self):
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        content, self._pieces = b"".join(self._pieces), []
        return content
