"""Storing uploaded files until they are imported, and no longer: they hold what customers said."""

import time
import uuid
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

KEPT_S = 24 * 3600  # an upload that was not imported, or whose import failed and may go on


def store_upload(upload: UploadedFile) -> Path:
    """Store an upload under a random name; the name it came with is shown to people but never used as a path."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.upload"
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def remove_upload(path: Path) -> None:
    """Remove an upload that is imported; a file that somebody else keeps, such as that of a command, stays."""
    if path.parent == Path(settings.MEDIA_ROOT):
        path.unlink(missing_ok=True)


def remove_old(needed: Collection[str], older_than_s: float = KEPT_S) -> int:
    """Remove uploads that nobody imported in time, except those at the paths in `needed`; returns how many."""
    limit, removed = time.time() - older_than_s, 0
    for path in Path(settings.MEDIA_ROOT).glob("*.upload"):
        if str(path) not in needed and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
