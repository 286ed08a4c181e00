"""Runs that have learned something, with their versions: what is erased or removed later, these may still say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.models import Entry
from serving.models import Alias, Version
from training.labels.models import Label
from training.runs.models import Checkpoint, LearnedTurn, Run


@dataclass(frozen=True)
class Learner:
    """A run and the versions of its checkpoints; `is_certain` is False where only an old run's mix tells."""

    run: Run
    versions: list[Version]
    champion: Version | None  # that of its versions which answers customers
    is_certain: bool


def learners(certainty: Mapping[str, bool]) -> list[Learner]:
    """Of runs, by their ids: those that answer customers first, then the newest."""
    champion = Alias.objects.filter(name=Alias.Name.CHAMPION).values_list("version", flat=True).first()
    versions: dict[int, list[Version]] = {}
    ids = [int(run) for run in certainty]
    for checkpoint in Checkpoint.objects.filter(run__in=ids).select_related("version").order_by("step"):
        versions.setdefault(checkpoint.run_id, []).append(checkpoint.version)
    found = [
        Learner(
            run,
            versions.get(run.pk, []),
            next((version for version in versions.get(run.pk, []) if version.pk == champion), None),
            certainty[str(run.pk)],
        )
        for run in Run.objects.filter(pk__in=ids).select_related("dataset").order_by("-pk")
    ]
    return sorted(found, key=lambda learner: learner.champion is None)


def learners_of_entry(entry: Entry) -> list[Learner]:
    """Runs that have learned the reply of an entry, from the label that it became or that became it."""
    rows = Label.objects.of_entry(entry).values_list("pk", "turn", "source")
    labels = {pk: (turn, source) for pk, turn, source in rows}
    if not labels:
        return []
    by_people = {pk for pk, (_turn, source) in labels.items() if source == Label.Source.PERSON}
    others = {turn for turn, source in labels.values() if source != Label.Source.PERSON}
    recorded = Run.objects.filter(learned__isnull=False).values_list("pk", "learned")
    runs = {run for run, ids in recorded if by_people.intersection(ids or ())}
    runs |= set(LearnedTurn.objects.filter(turn_id__in=others).values_list("run", flat=True))
    trained = Checkpoint.objects.filter(run__in=runs).values_list("run", flat=True).distinct()
    return learners({str(run): True for run in trained})
