"""Checkpoints on disk: standard PEFT folders with what resuming needs, complete or not there at all.

A checkpoint is written to a hidden folder, its manifest last, and then renamed. One without a manifest that agrees
with its files does not exist for anybody who asks here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from training.ml.examples import Encoded
from training.ml.settings import TrainingSettings

NAME = "checkpoint-"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a checkpoint is: how far, by which settings, from which base, on which data, and the hash of each file."""

    step: int
    settings: dict
    base: str
    data_hash: str
    precision: str
    files: dict[str, str]  # name: SHA-256


class CannotResume(ValueError):
    """A checkpoint is damaged or belongs to another run; the text is one sentence."""


def data_hash(encoded: Iterable[Encoded]) -> str:
    """SHA-256 over what is learned, in its order."""
    digest = hashlib.sha256()
    for example in encoded:
        digest.update(json.dumps([example.ids, example.learned_from]).encode())
    return digest.hexdigest()


def place(folder: Path, step: int) -> Path:
    return folder / f"{NAME}{step}"


def publish(written: Path, target: Path, **about) -> None:
    """Complete the folder `written` with its manifest, which tells `about` it, and give it its name.

    What bore that name is replaced.
    """
    files = {file.name: _sha256(file) for file in sorted(written.iterdir()) if file.is_file()}
    step = int(target.name.removeprefix(NAME))
    manifest = Manifest(step=step, files=files, **about)
    (written / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    for file in written.iterdir():
        _flush(file)
    if target.exists():
        retired = target.with_name(f".replaced-{target.name}")
        shutil.rmtree(retired, ignore_errors=True)
        target.rename(retired)
        written.rename(target)
        shutil.rmtree(retired, ignore_errors=True)
    else:
        written.rename(target)
    _flush(target.parent)


def read(checkpoint: Path) -> Manifest | None:
    """The manifest of a checkpoint whose files are all as they were written; else None."""
    try:
        manifest = Manifest(**json.loads((checkpoint / MANIFEST).read_text(encoding="utf-8")))
        intact = all(_sha256(checkpoint / name) == digest for name, digest in manifest.files.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return manifest if intact else None


def checkpoints(folder: Path) -> list[Path]:
    """The valid checkpoints of a run by rising step."""
    found = [p for p in Path(folder).glob(f"{NAME}*") if p.name.removeprefix(NAME).isdigit() and read(p)]
    return sorted(found, key=lambda p: int(p.name.removeprefix(NAME)))


def latest(folder: Path) -> Path | None:
    """The checkpoint to resume from, or None."""
    return next(reversed(checkpoints(folder)), None)


def to_resume(checkpoint: Path, settings: TrainingSettings, data: str) -> Manifest:
    """The manifest of a checkpoint that this run may go on from. Raises CannotResume."""
    manifest = read(checkpoint)
    if manifest is None:
        raise CannotResume(f"{checkpoint.name} is incomplete or was changed after it was written.")
    theirs, ours = manifest.settings, settings.as_dict()
    different = [name for name in ours if ours[name] != theirs.get(name)]
    if different:
        raise CannotResume(f"{checkpoint.name} was trained with other settings: {', '.join(different)}.")
    if manifest.data_hash != data:
        raise CannotResume(f"{checkpoint.name} was trained on other data.")
    return manifest


@contextmanager
def written_in(folder: Path) -> Iterator[Path]:
    """A hidden folder to write the checkpoints of `folder` in; what a killed process left there is removed."""
    _clear_unfinished(folder)
    try:
        yield folder / ".writing"
    finally:
        _clear_unfinished(folder)


def _clear_unfinished(folder: Path) -> None:
    for unfinished in [*folder.glob(".writing*"), *folder.glob(f".replaced-{NAME}*")]:
        shutil.rmtree(unfinished, ignore_errors=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Wait until a file or a folder's list of names is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
