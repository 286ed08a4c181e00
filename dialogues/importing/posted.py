"""Dialogues that another program sends: an import without a file, through the same checks, cleaning and redaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dialogues.importing.cleaning import STEPS
from dialogues.importing.formats import messages
from dialogues.importing.preparing import Batch, add
from dialogues.importing.problems import sentence
from dialogues.importing.records import ParsedDialogue
from dialogues.importing.refused import Refused
from dialogues.importing.report import ImportReport
from dialogues.importing.roles import Roles
from dialogues.importing.run import refuse_builtin, write_batch
from dialogues.importing.store import Stored
from dialogues.importing.upload import Record, Rules
from dialogues.models import Dataset, Dialogue, ImportJob
from ecc_site.core.bulk import rows_having
from serving.own_redaction import detectors


@dataclass(frozen=True)
class Outcome:
    """What became of one dialogue.

    `state`: added, same_id (added beside another with its id), repeated, near_duplicate, erased, or refused.
    """

    state: str
    dialogue: int | None = None  # its id, also that of the one which it repeats
    problem: str = ""  # one sentence, for whatever was not simply added or repeated


@dataclass(frozen=True)
class Posted:
    job: ImportJob
    dataset: Dataset | None  # None where it has no dialogue
    outcomes: list[Outcome]  # in the order of the request


def prepare_posted(records: Sequence[dict[str, Any]]) -> Batch:
    """The records of the form `turns`, checked, cleaned and redacted; nothing is stored."""
    rules, batch = Rules(Roles({}), frozenset(STEPS), detectors()), Batch(count=len(records))
    for number, record in enumerate(records):
        add(Record("", number, _content(record)), batch, rules)
    return batch


def store_posted(batch: Batch, dataset_name: str, *, origin: str, by: User, never_leaves: bool = False) -> Posted:
    """Store the batch, all or nothing, as an import of its own, so that it can be seen and undone as one.

    `origin` stands for the name of the file. Raises JobError for a dataset that takes no imports.
    """
    with transaction.atomic():
        refuse_builtin(Dataset.objects.filter(name=dataset_name).first())
        now = timezone.now()
        job = ImportJob.objects.create(
            state=ImportJob.State.RUNNING,
            dataset_name=dataset_name,
            file_name=origin[:200],
            file_format="turns",
            never_leaves=never_leaves,
            total=batch.count,
            created_by=by,
            started_at=now,
        )
        stored = write_batch(job, batch, ImportReport({}))
        ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.DONE, ended_at=timezone.now())
        return Posted(job, job.dataset, _outcomes(batch, stored, job.dataset))


def _content(record: dict[str, Any]) -> Any:
    try:
        return messages.dialogue(record, "turns")
    except Refused as refused:
        return refused


def _outcomes(batch: Batch, stored: Stored, dataset: Dataset | None) -> list[Outcome]:
    ids = _ids([dialogue for _place, dialogue in batch.dialogues], dataset)
    lists = {"near_duplicate": stored.near, "erased": stored.erased, "same_id": stored.same_id, "added": stored.new}
    states = {id(dialogue): state for state, found in reversed(lists.items()) for dialogue in found}
    found: dict[int, Outcome] = {}
    for (_file, number), dialogue in batch.dialogues:
        state = states.get(id(dialogue), "repeated")
        said = "" if state in ("added", "repeated") else sentence(state, "", {})
        found[number] = Outcome(state, ids.get(dialogue.content_hash), said)
    for (_file, number), refused in batch.refused:
        found[number] = Outcome("refused", None, sentence(refused.kind, refused.field, refused.values))
    return [found[number] for number in sorted(found)]


def _ids(dialogues: Sequence[ParsedDialogue], dataset: Dataset | None) -> dict[str, int]:
    """By content hash the ids of those that the dataset has."""
    hashes = [dialogue.content_hash for dialogue in dialogues]
    if dataset is None:
        return {}
    return dict(rows_having(Dialogue, ["content_hash", "id"], "content_hash", hashes, dataset_id=dataset.pk))
