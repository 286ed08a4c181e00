"""Labels that become entries of the memory, so that they act before anything is trained."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from dialogues.held_out import HeldOutReplies
from ecc_site.core.batching import batched
from knowledge.models import Clock, Entry
from review.remembering import entry_of, remember_by_hand
from training.labels.models import Label
from training.labels.querysets import LabelQuerySet


@transaction.atomic
def remember_labels(labels: LabelQuerySet, by: Any) -> int:
    """Have those of the labels that are chosen and not remembered yet remembered; returns how many.

    Where a verdict has left an entry that waits for approval, that one acts from now on; what somebody has removed or
    rewritten stays so. Of any other label an entry is made; that of a verdict's label goes when the verdict is taken
    back. What a test dialogue has as well is left out (invariant 4).
    """
    Clock.hold()
    left = {"revision__verdict__entry__text": F("text"), "revision__verdict__entry__state__in": ["active", "removed"]}
    chosen = labels.filter(chosen=True, entry=None).exclude(**left)
    of_verdict = ("revision__verdict__entry", "revision__verdict__item")
    chosen = chosen.select_related("turn__dialogue", *of_verdict).order_by("id")
    count = 0
    for ids in batched(list(chosen.values_list("pk", flat=True))):
        count += _remember(list(chosen.filter(pk__in=ids)), by)
    return count


def _remember(labels: list[Label], by: Any) -> int:
    held_out = HeldOutReplies([label.turn.text for label in labels])
    wanted = [label for label in labels if not held_out.has(label.turn.text, label.text)]
    taught = [label for label in wanted if label.revision and remember_by_hand(label.revision.verdict, label.text, by)]
    new = [label for label in wanted if label.revision is None]
    rows = [entry_of(label.turn, label.text) for label in new]
    entries = Entry.objects.add_many(
        [(values | {"source": Entry.Source.LABEL}, wordings) for values, wordings in rows], by=by
    )
    for label, entry in zip(new, entries, strict=True):
        label.entry = entry
    Label.objects.bulk_update(new, ["entry"])
    return len(taught) + len(new)
