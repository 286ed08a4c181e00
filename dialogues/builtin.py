"""Datasets that the site makes itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from dialogues.importing.records import ParsedDialogue
from dialogues.importing.store import store_batch
from dialogues.models import Dataset


@transaction.atomic
def builtin_dataset(builtin: str, dialogues: Iterable[ParsedDialogue], *, note: str, **values: Any) -> Dataset:
    """The site's own dataset of this kind (Dataset.Builtin).

    The first call creates it, with these further values, and fills it with the dialogues; later calls return it
    unchanged.
    """
    dataset, is_new = Dataset.objects.built_in(builtin, note=note, **values)
    if is_new:
        store_batch(dataset, list(dialogues))
    dataset.refresh_from_db()
    return dataset
