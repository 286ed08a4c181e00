"""Making a round: its items, and the assignments of their dialogues. A large one is made by a job, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison
from ecc_site.core.batching import batched
from ecc_site.core.bulk import delete_rows, insert_rows, new_ids, refresh_statistics
from ecc_site.core.errors import ExpectedError
from ecc_site.core.jobs import JobError
from ecc_site.core.models import Act, AuditEntry
from review.models import Assignment, Guideline, MakeRoundJob, Round, RoundItem
from review.rounds.selection import Chosen, Selection, choose

BATCH = 2_000
AT_ONCE = 2_000  # comparisons that are chosen and stored while the manager waits
READ_AT_ONCE = 50_000  # questions of a dataset that are looked through meanwhile
ITEM = ("id", "round_id", "comparison_id", "dialogue_id", "position", "stratum", "reason", "expected", "same_as_id")


class NothingToReview(ExpectedError):
    """No comparison matches the selection of the round."""


def make_round(round_: Round, selection: Selection, by: User | None, annotators: list[User] | None = None) -> Round:
    """Store the round, open it with its items and assignments, all or nothing; a large one gets a job instead.

    Raises NothingToReview.
    """
    round_.selection, round_.created_by = selection.as_json(), by
    reads_all = not selection.comparisons
    if reads_all and (selection.size > AT_ONCE or round_.dataset.open_turn_count > READ_AT_ONCE):
        return _make_later(round_, by, annotators)
    chosen = choose(round_, selection)
    if not chosen:
        raise NothingToReview(_("No comparison matches. Answer and score the dataset first, or change the selection."))
    with transaction.atomic():
        _store(round_, by, annotators)
        _fill(round_, chosen)
        _open(round_)
    return round_


def _make_later(round_: Round, by: User | None, annotators: list[User] | None) -> Round:
    round_.is_open = False
    with transaction.atomic():
        _store(round_, by, annotators)
        MakeRoundJob.objects.enqueue_once(round=round_, created_by=by)
    return round_


def _store(round_: Round, by: User | None, annotators: list[User] | None) -> None:
    round_.save()
    round_.annotators.set(annotators or [])
    if round_.guideline:
        Guideline.objects.create(round=round_, version=round_.guideline_version, text=round_.guideline, author=by)
    AuditEntry.objects.record(Act.OPENED_ROUND, round_, by=by, detail=str(round_.dataset))


def fill_later(job: MakeRoundJob) -> None:
    """Work of a MakeRoundJob; what an earlier attempt has stored is removed first. Raises JobError."""
    round_ = job.round
    for model in (Assignment, RoundItem):
        delete_rows(model, "round_id", round_.pk)
    chosen = choose(round_, Selection.of(round_))
    if not chosen:
        raise JobError(_("No comparison matches. Answer and score the dataset first, or change the selection."))
    job.set_total(len(chosen))
    _fill(round_, chosen, lambda count: job.advance(done=count))
    refresh_statistics(RoundItem, Assignment)
    _open(round_)


def _open(round_: Round) -> None:
    round_.is_open = True
    counts = ("dialogue_count", "item_count", "wanted_count")
    round_.save(update_fields=["is_open", *counts])


@dataclass
class _Made:
    """What is stored so far."""

    dialogues: dict[int, int] = field(default_factory=dict)  # by id how often each is reviewed
    judged: dict[bytes, tuple[int, int]] = field(default_factory=dict)  # by digest of a pair: its item and overlap
    items: int = 0
    wanted: int = 0


def _fill(round_: Round, chosen: list[Chosen], tell: Callable[[int], None] = lambda count: None) -> None:
    made = _Made()
    for batch in batched(chosen, BATCH):
        with transaction.atomic():
            _add(round_, batch, made)
            tell(len(batch))
    round_.dialogue_count, round_.item_count, round_.wanted_count = len(made.dialogues), made.items, made.wanted


def _add(round_: Round, batch: Sequence[Chosen], made: _Made) -> None:
    found = _read(round_, batch)
    items: list[tuple] = []
    first_rank, new = len(made.dialogues) + 1, []
    for pk, item in zip(new_ids(RoundItem, len(batch)), batch, strict=True):
        if item.comparison not in found:
            continue  # gone since it was chosen
        dialogue, position, digest = found[item.comparison]
        original, overlap = made.judged.get(digest, (None, 0)) if digest else (None, 0)
        if original is None:
            if dialogue not in made.dialogues:
                made.dialogues[dialogue] = overlap_of(round_, dialogue)
                new.append(dialogue)
            overlap = made.dialogues[dialogue]
            if digest:
                made.judged[digest] = (pk, overlap)
        made.items += 1
        made.wanted += overlap
        row = (pk, round_.pk, item.comparison, dialogue, position, item.stratum, item.reason, item.expected, original)
        items.append(row)
    insert_rows(RoundItem, ITEM, items)
    ranked = enumerate(new, start=first_rank)
    wanted = ((round_.pk, pk, n, rank) for rank, pk in ranked for n in range(1, made.dialogues[pk] + 1))
    insert_rows(Assignment, ["round_id", "dialogue_id", "n", "priority"], wanted)


def _read(round_: Round, batch: Sequence[Chosen]) -> dict[int, tuple[int, int, bytes]]:
    """By comparison its dialogue, its place in it, and where identical pairs are judged once, a digest of the pair."""
    names = ["pk", "turn__dialogue_id", "turn__position"]
    texts = ["turn__text", "end__text", "reference__text"] if round_.propagates else []
    rows = Comparison.objects.filter(pk__in=[item.comparison for item in batch]).values_list(*names, *texts)
    return {pk: (dialogue, position, _digest(said)) for pk, dialogue, position, *said in rows}


def _digest(texts: list[str]) -> bytes:
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest() if texts else b""


def overlap_of(round_: Round, dialogue: int) -> int:
    """How many people review the dialogue: the overlap of the round, or one if it is not in the share that gets it."""
    if round_.overlap_share >= 1:
        return round_.overlap
    drawn = blake2b(f"{round_.seed}/{dialogue}".encode(), digest_size=4).digest()
    return round_.overlap if int.from_bytes(drawn) < round_.overlap_share * 2**32 else 1
