"""Removes dialogues with all that is made from them, and keeps the counters of the pages right."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Greatest

from dialogues.models import Answer, Coverage, Dataset, Dialogue, Turn


@transaction.atomic
def remove(dataset: Dataset, dialogues: Sequence[int]) -> int:
    """Remove these dialogues of the dataset; returns how many there were. None of them may be in use."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    found = Dialogue.objects.filter(dataset=dataset, pk__in=dialogues)
    count = found.count()
    open_turns = Turn.objects.filter(dialogue__in=found, is_open=True).count()
    answers = Answer.objects.filter(turn__dialogue__in=found, source="model").values_list("version")
    for version, answered in list(answers.annotate(Count("pk"))):
        Coverage.objects.filter(dataset=dataset, version=version).update(
            answer_count=Greatest(F("answer_count") - answered, 0)
        )
    found.delete()
    Dataset.objects.filter(pk=dataset.pk).note_removal(
        dialogue_count=Greatest(F("dialogue_count") - count, 0),
        open_turn_count=Greatest(F("open_turn_count") - open_turns, 0),
    )
    return count
