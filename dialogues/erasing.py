"""Erasing a dialogue with its turns and answers; counters and frozen sets say what they lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Count, F

from dialogues.importing.report import without_words
from dialogues.models import (
    Answer,
    Comparison,
    Dataset,
    Dialogue,
    EvalItem,
    EvalSet,
    ImportJob,
    Turn,
    UsedEntry,
)
from dialogues.removing import remove
from ecc_site.core.erasing import ERASED, Parts, counts
from serving.redaction import redact


def parts(dialogue: Dialogue) -> Parts:
    """All that goes with it in this app."""
    return {
        "dialogues": Dialogue.objects.filter(pk=dialogue.pk),
        "turns": Turn.objects.filter(dialogue=dialogue),
        "answers": Answer.objects.filter(turn__dialogue=dialogue),
        "comparisons": Comparison.objects.filter(turn__dialogue=dialogue),
        "eval_items": EvalItem.objects.filter(turn__dialogue=dialogue),
    }


def is_only_copy(dialogue: Dialogue) -> bool:
    """Whether no other dataset has the same conversation."""
    return not Dialogue.objects.with_content([dialogue.content_hash]).exclude(pk=dialogue.pk).exists()


def personal_answers_elsewhere(dialogue: Dialogue, entries: Collection[int]) -> list[int]:
    """Ids of answers to other customers that gave the reply of one of these entries, personal data included.

    Most replies that are remembered name nobody, and what was said with them to others is left alone.
    """
    given = UsedEntry.objects.filter(entry__in=entries, use__in=UsedEntry.GIVEN)
    answers = Answer.objects.filter(used_entries__in=given).exclude(turn__dialogue=dialogue).exclude(text=ERASED)
    return sorted({pk for pk, text in answers.values_list("pk", "text") if redact(text).found})


def erase(dialogue: Dialogue) -> Counter[str]:
    """Delete it; before, all that higher apps hold about it is gone. Returns how many rows of each kind there were."""
    removed = counts(parts(dialogue))
    _lose_items(dialogue)
    forget_imports(dialogue.dataset)
    remove(dialogue.dataset, [dialogue.pk])
    return removed


def forget_imports(dataset: Dataset) -> None:
    """The reports of a dataset's imports quote what was said: they keep their numbers, and names lose their roles.

    A dialogue that an import had replaced does not come back by undoing that import.
    """
    for job in ImportJob.objects.filter(dataset_name=dataset.name):
        job.replaced_dialogues.all().delete()
        job.problems.filter(kind="role").update(values={"role": ERASED})
        ImportJob.objects.filter(pk=job.pk).update(report=without_words(job.report), roles={})


def erase_answers(answers: Collection[int]) -> Counter[str]:
    """Remove the words of these answers, which stay with what was measured of them."""
    return Counter(answers_elsewhere=Answer.objects.filter(pk__in=answers).update(text=ERASED))


def _lose_items(dialogue: Dialogue) -> None:
    items = EvalItem.objects.filter(turn__dialogue=dialogue).order_by()
    for eval_set, count in items.values_list("eval_set").annotate(Count("pk")):
        EvalSet.objects.filter(pk=eval_set).update(lost_count=F("lost_count") + count)
    items.delete()
