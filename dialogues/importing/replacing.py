"""Dialogues that come again with the same id and other content: they take the place of the earlier ones, or stay
beside those that are in use."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from dialogues.importing.keep_given import GIVEN, given_with
from dialogues.importing.records import ParsedDialogue, ParsedTurn
from dialogues.models import Dataset, Dialogue, ImportJob, ReplacedDialogue
from dialogues.removing import remove
from ecc_site.core.bulk import rows_having


def with_the_same_id(
    dataset: Dataset, batch: Collection[ParsedDialogue], new: Sequence[ParsedDialogue], job: ImportJob
) -> tuple[dict[int, ParsedDialogue], list[ParsedDialogue]]:
    """By their ids the stored dialogues that are replaced, each with the one that comes in its place, which gets its
    split; and those of `new`, the part of the batch that is not stored yet, that stay beside a stored one.

    An id that comes twice in one import, or that several stored dialogues have, says nothing about who is meant.
    """
    by_id = {parsed.source_id: parsed for parsed in new if parsed.source_id}
    times = Counter(parsed.source_id for parsed in batch)
    columns = ("id", "source_id", "split", "imported_by_id")
    stored: dict[str, list[tuple[int, str, int | None]]] = defaultdict(list)
    for pk, source_id, *known in rows_having(Dialogue, columns, "source_id", by_id, dataset_id=dataset.pk):
        stored[source_id].append((pk, *known))
    earlier = {
        found[0][0]: (source_id, found[0][1])
        for source_id, found in stored.items()
        if len(found) == times[source_id] == 1 and found[0][2] != job.pk
    }
    in_use = set(Dialogue.objects.filter(pk__in=earlier).in_use().values_list("pk", flat=True)) if earlier else set()
    replaced = {pk: by_id[source_id] for pk, (source_id, _split) in earlier.items() if pk not in in_use}
    for pk, parsed in replaced.items():
        parsed.split = earlier[pk][1]
    return replaced, _beside(new, set(stored), replaced.values())


def _beside(
    new: Iterable[ParsedDialogue], stored: set[str], replacing: Iterable[ParsedDialogue]
) -> list[ParsedDialogue]:
    """Those with an id that a stored dialogue, or an earlier one of the batch, has as well."""
    placed, seen, beside = {id(parsed) for parsed in replacing}, set(), []
    for parsed in new:
        if not parsed.source_id:
            continue
        if id(parsed) not in placed and (parsed.source_id in stored or parsed.source_id in seen):
            beside.append(parsed)
        seen.add(parsed.source_id)
    return beside


def remove_replaced(dataset: Dataset, replaced: dict[int, ParsedDialogue], job: ImportJob | None) -> None:
    """Remove them, and keep with the job what undoing it needs."""
    if not replaced or job is None:
        return
    parts = ("turns", *(f"turns__{name}" for name in GIVEN))
    dialogues = list(dataset.dialogues.filter(pk__in=replaced).prefetch_related(*parts))
    ReplacedDialogue.objects.bulk_create([_kept(dialogue, job) for dialogue in dialogues])
    remove(dataset, [dialogue.pk for dialogue in dialogues])


def _kept(dialogue: Dialogue, job: ImportJob) -> ReplacedDialogue:
    said = "\n".join(f"{turn.raw}\n{turn.text}" for turn in dialogue.turns.all())
    named = {name: getattr(dialogue, name) for name in ("dataset_id", "source_id", "content_hash")}
    return ReplacedDialogue(job=job, said=said, record=_record(dialogue), **named)


def _record(dialogue: Dialogue) -> dict[str, Any]:
    return {
        "source_id": dialogue.source_id,
        "split": dialogue.split,
        "content_hash": dialogue.content_hash,
        "never_leaves": dialogue.never_leaves,
        "ended_at": dialogue.ended_at and dialogue.ended_at.isoformat(),
        "satisfaction": dialogue.satisfaction,
        "stored_at": dialogue.created_at.isoformat(),
        "turns": [[turn.role, turn.raw, turn.text, turn.formula, given_with(turn)] for turn in dialogue.turns.all()],
    }


def restored(record: dict[str, Any]) -> ParsedDialogue:
    """What was replaced, to be stored again."""
    turns = [ParsedTurn(*turn) for turn in record["turns"]]
    return ParsedDialogue(
        turns,
        record["source_id"],
        record["split"],
        _time(record.get("ended_at")),
        record["content_hash"],
        satisfaction=record.get("satisfaction"),
        never_leaves=record["never_leaves"],
        stored_at=_time(record.get("stored_at")),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
