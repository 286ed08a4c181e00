"""Storing uploaded files until they are imported."""

import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


def store_upload(upload: UploadedFile) -> Path:
    """Store an upload under a random name; the name it came with is shown to people but never used as a path."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.upload"
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path
