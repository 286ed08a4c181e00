"""The folder of an adapter or of a merged model as a zip, streamed so that its size does not matter."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from training.ml.checkpoints import MANIFEST

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK = 2**20  # bytes
# What PEFT and vLLM read, and our manifest. An optimizer's state is pickled, and of no use to anybody else.
SUFFIXES = {".json", ".safetensors", ".jinja", ".model", ".md", ".txt"}


def model_files(folder: Path) -> list[Path]:
    """The files to hand out: plain files directly in the folder, no links."""
    files = (file for file in folder.iterdir() if file.is_file() and not file.is_symlink())
    return sorted(file for file in files if file.suffix in SUFFIXES and not file.name.startswith("."))


def without_place(folder: Path, place: str, name: str) -> dict[str, bytes]:
    """The small files of an adapter's folder that name the place of its base, with the base's name instead.

    Where it is unpacked there is no such place; and the manifest's hashes are those of the files as handed out.
    """
    texts = {
        file.name: file.read_text(encoding="utf-8") for file in model_files(folder) if file.suffix in (".json", ".md")
    }
    changed = {file: text.replace(place, name) for file, text in texts.items() if place in text and file != MANIFEST}
    if changed and MANIFEST in texts:
        manifest = json.loads(texts[MANIFEST].replace(place, name))
        manifest["files"] |= {file: sha256(text.encode()).hexdigest() for file, text in changed.items()}
        changed[MANIFEST] = json.dumps(manifest, indent=2)
    return {file: text.encode() for file, text in changed.items()}


def stream_zip(folder: Path, name: str, instead: Mapping[str, bytes] | None = None) -> Iterator[bytes]:
    """The zip in pieces; inside it, all files lie in one folder `name`. `instead` has the content of some files."""
    buffer, contents = _Buffer(), instead or {}
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for file in model_files(folder):
            info = ZipInfo.from_file(file, f"{name}/{file.name}")
            own = contents.get(file.name)
            with (
                file.open("rb") if own is None else io.BytesIO(own) as source,
                archive.open(info, "w", force_zip64=True) as target,
            ):
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
