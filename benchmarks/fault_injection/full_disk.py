"""A small disk of its own for the site, so that filling it harms nobody else."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE_MIB = 256


class SmallDisk:
    """A folder in memory; `why_not` says why it is an ordinary folder instead, "" where it is not."""

    def __init__(self, folder: Path, why_not: str):
        self.folder, self.why_not = folder, why_not

    def stay_full(self, seconds: float) -> None:
        """Leave no byte free for so long, also of what others free meanwhile."""
        filler = self.folder / "filler"
        deadline = time.monotonic() + seconds
        try:
            with filler.open("wb", buffering=0) as file:
                while time.monotonic() < deadline:
                    _fill(file.fileno())
                    time.sleep(0.05)
        finally:
            filler.unlink()


def _fill(file: int) -> None:
    block = bytes(2**20)
    while block:
        try:
            os.write(file, block)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            block = block[: len(block) // 2]


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    why_not = _mount(folder)
    folder.chmod(0o711)  # PostgreSQL runs as another user and has its folder in here
    try:
        yield SmallDisk(folder, why_not)
    finally:
        if not why_not:
            subprocess.run(["umount", "--lazy", folder], check=False)
        subprocess.run(["rm", "-rf", folder], check=False)


def _mount(folder: Path) -> str:
    if os.geteuid() != 0:
        return "only root may mount a small disk to fill"
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"a small disk cannot be mounted here: {done.stderr.strip()}"
