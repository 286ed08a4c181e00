"""Labels that cost no cloud call: what people said at the desk.

Training reads the verdicts; review never calls training. A second call changes nothing where nothing new was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dialogues.models import Dataset, text_hash
from ecc_site.core.batching import SIZE, batched
from review.human_replies import HumanReply, active_replies
from review.models import Verdict
from training.labels.corrections import sync_references
from training.labels.models import Label, LabelSync


@transaction.atomic
def sync_labels(dataset: Dataset, turns: Collection[int] | None = None) -> int:
    """Make labels of the active verdicts of a dataset, or of these turns of it; returns how many labels are new.

    Where there are turns, nothing is asked for by the dataset: a database would read all of it for each few of them.

    Only train and dev dialogues count. A correction becomes a label and a reference answer of the kind `correction`;
    an accepted reply of the human agent becomes a label if its round says so. Where a verdict is withdrawn or revised,
    so is its label.
    """
    LabelSync.locked()  # of two processes the second sees what the first has made
    replies = {reply.key: reply for reply in active_replies(dataset, turns)}  # of equal texts, the newest
    labels = {(label.turn_id, label.text_hash): label for label in _labels_from_verdicts(dataset, turns)}
    by_hand = set(_keys_of_labels_by_hand(replies.keys() - labels.keys()))
    new = [reply for key, reply in replies.items() if key not in labels and key not in by_hand]
    Label.objects.bulk_create([_label(dataset, reply) for reply in new], batch_size=SIZE)
    _set_dates(new)
    changed = {label.turn_id for key, label in labels.items() if _update(label, replies.get(key))}
    sync_references(dataset, turns, [reply for reply in replies.values() if reply.is_correction])
    for batch in batched(sorted(changed | {reply.turn_id for reply in new} | _decided(dataset, turns))):
        Label.objects.choose(batch)
    return len(new)


def _labels_from_verdicts(dataset: Dataset, turns: Collection[int] | None) -> QuerySet[Label]:
    where = {"dataset": dataset} if turns is None else {"turn__in": turns}
    return Label.objects.filter(source=Label.Source.PERSON, revision__isnull=False, **where)


def _decided(dataset: Dataset, turns: Collection[int] | None) -> set[int]:
    """Turns about which a manager decided between others, or has taken that back: another label may be chosen now."""
    where = {"round__dataset": dataset} if turns is None else {"comparison__turn__in": turns}
    decisions = Verdict.objects.filter(adjudicates=True, **where)
    return set(decisions.values_list("comparison__turn_id", flat=True))


def _keys_of_labels_by_hand(keys: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Keys of labels without a verdict: a manager wrote the same reply, and that label stays as it is."""
    labels = Label.objects.filter(source=Label.Source.PERSON, revision__isnull=True)
    for turns in batched(sorted({turn for turn, _ in keys})):
        yield from labels.filter(turn__in=turns).values_list("turn_id", "text_hash")


def _label(dataset: Dataset, reply: HumanReply) -> Label:
    return Label(
        turn_id=reply.turn_id,
        source=Label.Source.PERSON,
        text=reply.text,
        text_hash=text_hash(reply.text),
        revision_id=reply.revision_id,
        author_id=reply.author_id,
        round_id=reply.round_id,
        dataset=dataset,
        split=reply.split,
        origin=reply.origin,
    )


def _set_dates(replies: Sequence[HumanReply]) -> None:
    """A label is as old as its verdict: of two people's labels the newest wins, in whatever order they were synced.

    Done after they were created, since creating a row sets its date.
    """
    dates: dict[int | None, datetime] = {reply.revision_id: reply.at for reply in replies}
    for revisions in batched(list(dates)):
        labels = list(Label.objects.filter(revision__in=revisions))
        for label in labels:
            label.created_at = dates[label.revision_id]
        Label.objects.bulk_update(labels, ["created_at"])


def _update(label: Label, reply: HumanReply | None) -> bool:
    """Bring a label up to date with its verdict; whether anything changed.

    Without a reply nobody says it any more, and the label is rejected. If the reply is newer than the label, a person
    has said the same again, and the label counts again: a manager's rejection holds until then.
    """
    row = Label.objects.filter(pk=label.pk)
    if reply is None:
        return bool(not label.rejected and row.update(rejected=True, chosen=False))
    if reply.revision_id == label.revision_id:
        return False
    changes: dict[str, Any] = {
        "revision_id": reply.revision_id,
        "round_id": reply.round_id,
        "author_id": reply.author_id,
        "origin": reply.origin,
        "created_at": reply.at,
    }
    if reply.revision_id > (label.revision_id or 0):
        changes["rejected"] = False
    return bool(row.update(**changes))
