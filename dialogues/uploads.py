"""Uploaded files on their way to an import."""

import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


def keep_upload(file: UploadedFile) -> Path:
    """Store an upload under a name of ours; what it was called is only ever shown, never used as a path."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.upload"
    with path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return path
