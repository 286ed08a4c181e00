"""Labels from the corpus: what its human agents replied becomes a label when a run learns it."""

from collections.abc import Sequence

from django.db import transaction

from dialogues.models import Dataset, text_hash
from ecc_site.core.batching import batched
from training.labels.models import Label


def store_corpus_labels(dataset: Dataset, replies: Sequence[tuple[int, str]]) -> None:
    """Store human agents' replies, (turn id, text) of the train split, as labels; those that exist stay as they are."""
    for batch in batched(replies):
        with transaction.atomic():
            labels = [_label(dataset, turn, text) for turn, text in batch]
            Label.objects.bulk_create(labels, ignore_conflicts=True)
            Label.objects.choose([turn for turn, _ in batch])


def _label(dataset: Dataset, turn_id: int, text: str) -> Label:
    return Label(
        turn_id=turn_id,
        source=Label.Source.CORPUS,
        text=text,
        text_hash=text_hash(text),
        dataset=dataset,
        split="train",
    )
