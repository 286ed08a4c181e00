"""Datasets that the site makes itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from dialogues.importing.parsers import ParsedDialogue
from dialogues.importing.store import store_batch
from dialogues.models import Dataset


@transaction.atomic
def builtin_dataset(which: str, dialogues: Iterable[ParsedDialogue], *, note: str) -> Dataset:
    """The dataset of Dataset.Builtin `which`, filled with these dialogues at the first call and as it is afterwards."""
    dataset, is_new = Dataset.objects.built_in(which, note=note)
    if is_new:
        store_batch(dataset, list(dialogues))
    dataset.refresh_from_db()
    return dataset
