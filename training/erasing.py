"""Erasing what was to be learned from a dialogue, and telling which runs have learned from it already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dialogues.models import Dialogue
from ecc_site.core.erasing import Parts, counts
from training.models import Label, LearnedTurn, Paraphrase, Run, TeacherTableJob

NOT_BY_PEOPLE = ("teacher", "corpus", "replay")


def parts(dialogue: Dialogue) -> Parts:
    """All that goes with it in this app."""
    return {
        "labels": Label.objects.filter(turn__dialogue=dialogue),
        "paraphrases": Paraphrase.objects.filter(label__turn__dialogue=dialogue),
    }


def entries_of(dialogue: Dialogue) -> set[int]:
    """Ids of the entries that its labels became."""
    labels = Label.objects.filter(turn__dialogue=dialogue, entry__isnull=False)
    return set(labels.values_list("entry", flat=True))


def calls_of(dialogue: Dialogue) -> set[int]:
    """Ids of the calls that its labels and paraphrases came from; a reused reply is about another dialogue."""
    rows = [going.filter(cloud_call__isnull=False) for going in parts(dialogue).values()]
    return {call for going in rows for call in going.values_list("cloud_call", flat=True)}


def learners_of(dialogue: Dialogue) -> dict[str, bool]:
    """Id of a run that has learned from the dialogue: whether that is certain.

    Of runs older than that record only the replies by people are known; one that learned other replies of the
    dataset may have learned from it.
    """
    learned = LearnedTurn.objects.filter(dialogue_id=dialogue.pk).values_list("run", flat=True)
    found = {str(run): True for run in learned}
    labels = set(Label.objects.filter(turn__dialogue=dialogue).values_list("pk", flat=True))
    unrecorded = Run.objects.filter(~Exists(LearnedTurn.objects.filter(run=OuterRef("pk"))), checkpoints__isnull=False)
    of_dataset = unrecorded.filter(dataset=dialogue.dataset_id, started_at__gte=dialogue.created_at).distinct()
    for run, by_people, mix in of_dataset.values_list("pk", "learned", "mix"):
        certain = bool(labels.intersection(by_people or ()))
        if certain or any(mix.get(source) for source in NOT_BY_PEOPLE):
            found[str(run)] = certain
    return found


def erase(dialogue: Dialogue, said: Collection[str]) -> Counter[str]:
    """Delete what is to be learned; tables of the teacher lose the rows that ask what was `said`."""
    going = parts(dialogue)
    removed = counts(going)
    going["paraphrases"].delete()
    going["labels"].delete()
    removed["teacher_rows"] = count_teacher_rows(dialogue, said)
    for job in _teacher_tables(dialogue):
        TeacherTableJob.objects.filter(pk=job.pk).update(rows=[r for r in job.rows if r["question"] not in said])
    TeacherTableJob.objects.filter(question__in=said).delete()
    return removed


def count_teacher_rows(dialogue: Dialogue, said: Collection[str]) -> int:
    """How many rows of Table III ask what was `said`, chosen from the dataset or typed by a person."""
    chosen = sum(row["question"] in said for job in _teacher_tables(dialogue) for row in job.rows)
    return chosen + TeacherTableJob.objects.filter(question__in=said).count()


def _teacher_tables(dialogue: Dialogue) -> QuerySet[TeacherTableJob]:
    return TeacherTableJob.objects.filter(dataset=dialogue.dataset_id, question="").exclude(rows=[])


def clear_samples() -> None:
    """Remove the first batches that runs show, which may quote anybody; drafts are looked at anew before they start.

    What is looking at a draft or trains a run by now does not bring them back: `erased` of the report tells it.
    """
    for run in Run.objects.only("state", "data_report"):
        if run.report.first_batch or run.state == Run.State.DRAFT:
            _clear_sample(run.pk)


@transaction.atomic
def _clear_sample(pk: int) -> None:
    run = Run.objects.select_for_update().only("state", "data_report").get(pk=pk)
    report = replace(run.report, first_batch=[], erased=run.report.erased + 1)
    if run.state == Run.State.DRAFT:
        report = replace(report, taken=None)
    Run.objects.filter(pk=pk).update(data_report=report.as_dict())
