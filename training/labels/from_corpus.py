"""What the human agents of the corpus replied becomes a label where a run learns it."""

from collections.abc import Sequence

from django.db import transaction

from dialogues.models import Dataset, text_hash
from ecc_site.core.batching import batched
from training.labels.models import Label


def keep_agent_replies(dataset: Dataset, pairs: Sequence[tuple[int, str]]) -> None:
    """Make these human agents' replies, pairs of turn and text of the train split, labels of the corpus."""
    for batch in batched(pairs):
        with transaction.atomic():
            labels = [_corpus_label(dataset, turn, text) for turn, text in batch]
            Label.objects.bulk_create(labels, ignore_conflicts=True)
            Label.objects.choose([turn for turn, _ in batch])


def _corpus_label(dataset: Dataset, turn_id: int, text: str) -> Label:
    hashed = text_hash(text)
    return Label(
        turn_id=turn_id, source=Label.Source.CORPUS, text=text, text_hash=hashed, dataset=dataset, split="train"
    )
