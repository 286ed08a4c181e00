"""Erasing a dialogue with its turns and answers; counters and frozen sets say what they lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Count, F, Q

from dialogues.importing.report import without_words
from dialogues.models import (
    Answer,
    Comparison,
    Dialogue,
    EvalItem,
    EvalSet,
    ImportJob,
    ReplacedDialogue,
    Turn,
    UsedEntry,
)
from dialogues.removing import remove
from ecc_site.core.erasing import ERASED, Parts, counts
from serving import own_redaction
from serving.redaction import Redactor


def parts(dialogue: Dialogue) -> Parts:
    """All that goes with it in this app."""
    return {
        "dialogues": Dialogue.objects.filter(pk=dialogue.pk),
        "turns": Turn.objects.filter(dialogue=dialogue),
        "answers": Answer.objects.filter(turn__dialogue=dialogue),
        "comparisons": Comparison.objects.filter(turn__dialogue=dialogue),
        "eval_items": EvalItem.objects.filter(turn__dialogue=dialogue),
        "replaced_dialogues": ReplacedDialogue.objects.earlier_than(dialogue),
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
    known = own_redaction.detectors()
    return sorted({pk for pk, text in answers.values_list("pk", "text") if Redactor(known).redact(text).found})


def erase(dialogue: Dialogue) -> Counter[str]:
    """Delete it; before, all that higher apps hold about it is gone. Returns how many rows of each kind there were."""
    removed = counts(parts(dialogue))
    _lose_items(dialogue)
    ReplacedDialogue.objects.earlier_than(dialogue).delete()
    _forget_imports(dialogue)
    remove(dialogue.dataset, [dialogue.pk])
    return removed


def _forget_imports(dialogue: Dialogue) -> None:
    """The reports of a dataset's imports quote what was said: they keep their numbers, and names lose their roles.

    An import that runs still needs the roles, and loses them at its end.
    """
    of_dataset = Q(dataset_name=dialogue.dataset.name) | Q(pk=dialogue.imported_by_id)
    for job in ImportJob.objects.filter(of_dataset).select_for_update().order_by("pk"):
        job.problems.filter(kind="role").update(values={"role": ERASED})
        job.report = without_words(job.report)
        job.roles = job.roles if job.is_active else {}
        job.save(update_fields=["report", "roles"])


def erase_answers(answers: Collection[int]) -> Counter[str]:
    """Remove the words of these answers, which stay with what was measured of them."""
    return Counter(answers_elsewhere=Answer.objects.filter(pk__in=answers).update(text=ERASED))


def _lose_items(dialogue: Dialogue) -> None:
    items = EvalItem.objects.filter(turn__dialogue=dialogue).order_by()
    for eval_set, count in items.values_list("eval_set").annotate(Count("pk")):
        EvalSet.objects.filter(pk=eval_set).update(lost_count=F("lost_count") + count)
    items.delete()
