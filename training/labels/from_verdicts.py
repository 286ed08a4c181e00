"""Labels that cost no question: what people said at the desk.

Training pulls; review never calls up. Calling again changes nothing where nothing new was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dialogues.models import Answer, Comparison, Dataset, EvalItem, text_hash
from ecc_site.core.batching import SIZE, batched
from review.models import Round, Verdict, VerdictRevision
from training.labels.models import Label
from training.labels.selections import TEACHABLE

SEEN = "labels-of-verdicts-up-to"  # remembered by each process; where it is forgotten a look costs a little more
ACCEPTED = ("reference", "tie")


@dataclass(frozen=True)
class HumanReply:
    """A reply that a person wrote, or accepted from the human agent."""

    turn_id: int
    text: str
    split: str
    revision_id: int
    author_id: int
    at: object  # when it was said
    is_correction: bool

    @property
    def key(self) -> tuple[int, str]:
        return self.turn_id, text_hash(self.text)


@transaction.atomic
def sync_labels(dataset: Dataset, turns: Collection[int] | None = None) -> int:
    """Make the active verdicts of a dataset, or of these turns of it, labels; returns how many labels are new.

    Train and dev alone. A correction becomes a label and a reference answer of the kind `correction`; a reply of the
    human agent that was accepted becomes a label. A verdict that was withdrawn or revised takes its label back.
    """
    said = {one.key: one for one in active_replies(dataset, turns)}  # of equal texts the one said last
    known = {(label.turn_id, label.text_hash): label for label in _from_verdicts(dataset, turns)}
    taken = set(_taken(dataset, said.keys() - known.keys()))
    new = [one for key, one in said.items() if key not in known and key not in taken]
    touched = {one.turn_id for one in new}
    Label.objects.bulk_create([_label(dataset, one) for one in new], batch_size=SIZE)
    for key, label in known.items():
        if _follow(label, said.get(key)):
            touched.add(label.turn_id)
    _date(new)
    _keep_corrections(dataset, turns, [one for one in said.values() if one.is_correction])
    for batch in batched(sorted(touched)):
        Label.objects.choose(batch)
    return len(new)


def sync_latest() -> None:
    """Sync the turns whose verdicts changed since the last time; usually one small query.

    A verdict that was being written meanwhile may be missed here; the full sync before a run finds it.
    """
    newest = VerdictRevision.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or cache.get(SEEN) == newest:
        return
    for dataset in Dataset.objects.filter(Exists(Round.objects.filter(dataset=OuterRef("pk")))):
        with transaction.atomic():  # all or nothing, because the newest label says how far it came
            for turns in batched(turns_since(dataset, _synced_up_to(dataset))):
                sync_labels(dataset, turns)
    cache.set(SEEN, newest, timeout=None)


def turns_since(dataset: Dataset, revision_id: int) -> list[int]:
    later = VerdictRevision.objects.filter(pk__gt=revision_id, verdict__round__dataset=dataset).order_by("pk")
    return list(dict.fromkeys(later.values_list("verdict__comparison__turn_id", flat=True)))


def _synced_up_to(dataset: Dataset) -> int:
    """When the newest label was made, every revision up to its own had been looked at."""
    labels = Label.objects.filter(dataset=dataset, source=Label.Source.PERSON, revision__isnull=False)
    return labels.order_by("-id").values_list("revision_id", flat=True).first() or 0


def active_replies(dataset: Dataset, turns: Collection[int] | None = None) -> Iterator[HumanReply]:
    """What stands as said about train and dev dialogues, in the order in which it was said."""
    verdicts = Verdict.objects.active().filter(round__dataset=dataset, comparison__split__in=TEACHABLE)
    accepted = Q(comparison__kind="human", current__preference__in=ACCEPTED, current__reference_acceptable=True)
    verdicts = verdicts.filter(~Q(current__correction="") | accepted).order_by("current_id")
    verdicts = verdicts if turns is None else verdicts.filter(comparison__turn__in=turns)
    rows = verdicts.values_list(
        "comparison__turn_id",
        "current__correction",
        "comparison__reference__text",
        "comparison__split",
        "current_id",
        "annotator_id",
        "current__created_at",
    )
    for turn, correction, reference, split, revision, author, at in rows.iterator(chunk_size=2000):
        text = correction.strip() or reference.strip()
        if text:
            yield HumanReply(turn, text, split, revision, author, at, bool(correction.strip()))


def _from_verdicts(dataset: Dataset, turns: Collection[int] | None):
    labels = Label.objects.filter(dataset=dataset, source=Label.Source.PERSON, revision__isnull=False)
    return labels if turns is None else labels.filter(turn__in=turns)


def _taken(dataset: Dataset, keys) -> Iterator[tuple[int, str]]:
    """Keys that a label without a verdict has: a manager wrote the same; that label stays as it is."""
    own = Label.objects.filter(dataset=dataset, source=Label.Source.PERSON, revision__isnull=True)
    for turns in batched(sorted({turn for turn, _ in keys})):
        yield from own.filter(turn__in=turns).values_list("turn_id", "text_hash")


def _label(dataset: Dataset, one: HumanReply) -> Label:
    return Label(
        turn_id=one.turn_id,
        source=Label.Source.PERSON,
        text=one.text,
        text_hash=text_hash(one.text),
        revision_id=one.revision_id,
        author_id=one.author_id,
        dataset=dataset,
        split=one.split,
    )


def _follow(label: Label, said: HumanReply | None) -> bool:
    """Let a label follow its verdict; whether anything changed.

    Nobody says it any more: it is taken back. It was said anew: it stands again. A manager's rejection therefore
    holds until a person says the same once more.
    """
    mine = Label.objects.filter(pk=label.pk)
    if said is None:
        return bool(not label.rejected and mine.update(rejected=True, chosen=False))
    if said.revision_id == label.revision_id:
        return False
    changes = {"revision_id": said.revision_id, "author_id": said.author_id, "created_at": said.at}
    if said.revision_id > label.revision_id:
        changes["rejected"] = False
    return bool(mine.update(**changes))


def _date(new: Sequence[HumanReply]) -> None:
    """A label is as old as what was said: of two persons' the newest wins, in whatever order they were pulled."""
    dates = {one.revision_id: one.at for one in new}
    for revisions in batched(list(dates)):
        labels = list(Label.objects.filter(revision__in=revisions))
        for label in labels:
            label.created_at = dates[label.revision_id]
        Label.objects.bulk_update(labels, ["created_at"])


def _keep_corrections(dataset: Dataset, turns: Collection[int] | None, corrections: list[HumanReply]) -> None:
    """Answers by annotators, compared with the end answers; what nobody stands by any more goes."""
    wanted = {(one.turn_id, one.author_id, text_hash(one.text)): one for one in corrections}
    kept = Answer.objects.filter(source="annotator", turn__dialogue__dataset=dataset)
    kept = kept if turns is None else kept.filter(turn__in=turns)
    known = {(turn, author, hashed): pk for pk, turn, author, hashed in kept.values_list(*ANSWER)}
    new = [_answer(one) for key, one in wanted.items() if key not in known]
    Answer.objects.bulk_create(new, ignore_conflicts=True, batch_size=SIZE)
    for batch in batched(sorted({answer.turn_id for answer in new})):
        Comparison.objects.pair(batch)
    for gone in batched([pk for key, pk in known.items() if key not in wanted]):
        _unneeded(gone).delete()


ANSWER = ("pk", "turn_id", "author_id", "settings_hash")


def _answer(one: HumanReply) -> Answer:
    hashed = text_hash(one.text)
    return Answer(turn_id=one.turn_id, source="annotator", author_id=one.author_id, text=one.text, settings_hash=hashed)


def _unneeded(answers: Sequence[int]):
    """Those of the answers that came from a verdict, and that no verdict and no frozen set needs."""
    label = Label.objects.filter(turn=OuterRef("turn"), text_hash=OuterRef("settings_hash"), revision__isnull=False)
    judged = Verdict.objects.filter(comparison__reference=OuterRef("pk"))
    frozen = EvalItem.objects.filter(reference=OuterRef("pk"))
    return Answer.objects.filter(Exists(label), ~Exists(judged), ~Exists(frozen), pk__in=answers)
