"""Stores cleaned dialogues in batches, each all or nothing; storing the same dialogues again adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from dialogues.importing.keep_given import keep_given
from dialogues.importing.near_search import Sketches
from dialogues.importing.never_leaves import keep_here
from dialogues.importing.records import ParsedDialogue
from dialogues.importing.replacing import remove_replaced, with_the_same_id
from dialogues.kept_out import kept_out
from dialogues.models import Answer, Dataset, Dialogue, ImportJob, Sketch, Turn
from dialogues.search.engine import IndexedDialogue
from dialogues.search.index import index_dialogues
from ecc_site.core.bulk import insert_rows, new_ids, rows_having


@dataclass(frozen=True)
class Stored:
    """What became of a batch."""

    new: list[ParsedDialogue]
    repeated: int  # the dataset had them already, word for word
    replaced: int = 0  # of those added: in place of an earlier one with the same id
    same_id: list[ParsedDialogue] = field(default_factory=list)  # of those added: beside one with the same id
    near: list[ParsedDialogue] = field(default_factory=list)  # not added: nearly the same as another
    erased: list[ParsedDialogue] = field(default_factory=list)  # not added: somebody asked to have them erased


def split_by_hash(content_hash: str) -> str:
    """train, dev or test, in proportions of 80 / 10 / 10; the same for the same content everywhere."""
    bucket = int(content_hash[:8], 16) % 10
    return {8: "dev", 9: "test"}.get(bucket, "train")


def split_of(parsed: ParsedDialogue) -> str:
    """The one that the file gave, else that of its content."""
    return parsed.split or split_by_hash(parsed.content_hash)


def store_batch(
    dataset: Dataset,
    batch: Sequence[ParsedDialogue],
    *,
    never_leaves: bool = False,
    job: ImportJob | None = None,
    near: bool = False,
) -> Stored:
    """Add those dialogues of the batch that the dataset does not have yet, and update its counters.

    Those that somebody asked to have erased stay out. Those that it has already take over a satisfaction that the batch
    has. With `never_leaves` all dialogues of the batch are marked so, else those with words or an id that were marked
    before. With `near` what is nearly the same as a dialogue of the dataset with another id is left out. Dialogues of a
    `job` take the places of an earlier import's with the same ids, if those are not in use.
    """
    distinct = _distinct(batch)
    repeated = len(batch) - len(distinct)
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        erased = [distinct.pop(content_hash) for content_hash in kept_out(distinct)]
        stored = rows_having(Dialogue, ["content_hash"], "content_hash", distinct, dataset_id=dataset.pk)
        known = {content_hash for (content_hash,) in stored}
        new = [parsed for content_hash, parsed in distinct.items() if content_hash not in known]
        keep_here(dataset, distinct, all_of_them=never_leaves or dataset.never_leaves)
        _rate(dataset, [distinct[content_hash] for content_hash in known])
        replaced, same_id = with_the_same_id(dataset, distinct.values(), new, job) if job else ({}, [])
        remove_replaced(dataset, replaced, job)
        sketches = Sketches(new, dataset.pk) if near else None
        known_by_id = {id(parsed) for parsed in (*replaced.values(), *same_id)}  # a correction is like what it corrects
        close = [parsed for parsed in sketches.near() if id(parsed) not in known_by_id] if sketches else []
        left_out = {id(parsed) for parsed in close}
        new = [parsed for parsed in new if id(parsed) not in left_out]
        open_turns = _insert(dataset, new, job, sketches)
        Dataset.objects.filter(pk=dataset.pk).update(
            dialogue_count=F("dialogue_count") + len(new), open_turn_count=F("open_turn_count") + open_turns
        )
    return Stored(new, repeated + len(known), len(replaced), same_id, close, erased)


def _insert(dataset: Dataset, new: list[ParsedDialogue], job: ImportJob | None, sketches: Sketches | None) -> int:
    """Store the dialogues with their turns and human answers; returns how many of the turns want an answer."""
    turns: list[tuple[object, ...]] = []
    answers: list[tuple[object, ...]] = []
    given: list[tuple[int, dict[str, Any]]] = []
    ids = new_ids(Dialogue, len(new))
    turn_ids = iter(new_ids(Turn, sum(len(parsed.turns) for parsed in new)))
    open_turns = 0
    for dialogue_id, parsed in zip(ids, new, strict=True):
        replies = parsed.replies()
        open_turns += len(replies)
        for i, turn in enumerate(parsed.turns):
            turn_id = next(turn_ids)
            turns.append((turn_id, dialogue_id, i, turn.role, turn.raw, turn.text, turn.formula, i in replies))
            if turn.given and i in replies:
                given.append((turn_id, turn.given))
            if replies.get(i):
                answers.append((turn_id, "human", replies[i]))
    job_id = job.pk if job else None
    insert_rows(
        Dialogue,
        DIALOGUE,
        (_dialogue(id_, dataset, parsed, job_id) for id_, parsed in zip(ids, new, strict=True)),
    )
    insert_rows(Turn, TURN, turns)
    insert_rows(Answer, ANSWER, answers)
    keep_given(dataset, given)
    index_dialogues(
        IndexedDialogue(
            id_, dataset.pk, split_of(parsed), parsed.language, [turn.text for turn in parsed.turns], parsed.tokens
        )
        for id_, parsed in zip(ids, new, strict=True)
    )
    if sketches:
        insert_rows(Sketch, SKETCH, sketches.rows(zip(ids, new, strict=True)))
    return open_turns


def _distinct(batch: Sequence[ParsedDialogue]) -> dict[str, ParsedDialogue]:
    """Of equal ones the last, with the last satisfaction that any of them has."""
    found: dict[str, ParsedDialogue] = {}
    for parsed in batch:
        earlier = found.get(parsed.content_hash)
        if earlier and parsed.satisfaction is None:
            parsed.satisfaction = earlier.satisfaction
        found[parsed.content_hash] = parsed
    return found


def _rate(dataset: Dataset, known: Sequence[ParsedDialogue]) -> None:
    """What the file says of the satisfaction with dialogues that are here already."""
    rated: dict[float, list[str]] = {}
    for parsed in known:
        if parsed.satisfaction is not None:
            rated.setdefault(parsed.satisfaction, []).append(parsed.content_hash)
    for satisfaction, hashes in rated.items():
        dataset.dialogues.filter(content_hash__in=hashes).update(satisfaction=satisfaction)


DIALOGUE = [
    "id",
    "dataset_id",
    "source_id",
    "language",
    "split",
    "never_leaves",
    "content_hash",
    "turn_count",
    "imported_by_id",
    "ended_at",
    "satisfaction",
    "created_at",
]
TURN = ["id", "dialogue_id", "position", "role", "raw", "text", "formula", "is_open"]
ANSWER = ["turn_id", "source", "text"]
SKETCH = ["dialogue_id", *Sketch.BANDS]


def _dialogue(id_: int, dataset: Dataset, parsed: ParsedDialogue, job_id: int | None) -> tuple[object, ...]:
    adapted = connection.ops.adapt_datetimefield_value
    return (
        id_,
        dataset.pk,
        parsed.source_id,
        parsed.language,
        split_of(parsed),
        parsed.never_leaves,
        parsed.content_hash,
        len(parsed.turns),
        job_id,
        parsed.ended_at and adapted(parsed.ended_at),
        parsed.satisfaction,
        adapted(parsed.stored_at or timezone.now()),
    )
