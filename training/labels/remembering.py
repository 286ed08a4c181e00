"""Labels that become entries of the memory, so that they act before anything is trained."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from dialogues.held_out import HeldOutReplies
from ecc_site.core.batching import batched
from knowledge.models import Entry
from review.remembering import entry_of
from training.labels.models import Label
from training.labels.querysets import LabelQuerySet


@transaction.atomic
def remember_labels(labels: LabelQuerySet, by: Any) -> int:
    """Make entries of those of the labels that are chosen and not remembered yet; returns how many.

    What a test dialogue has as well is left out (invariant 4).
    """
    chosen = labels.filter(chosen=True, entry=None).select_related("turn__dialogue__dataset").order_by("id")
    count = 0
    for ids in batched(list(chosen.values_list("pk", flat=True))):
        count += _remember(list(chosen.filter(pk__in=ids)), by)
    return count


def _remember(labels: list[Label], by: Any) -> int:
    held_out = HeldOutReplies([label.turn.text for label in labels])
    wanted = [label for label in labels if not held_out.has(label.turn.text, label.text)]
    rows = [entry_of(label.turn, label.text) for label in wanted]
    entries = Entry.objects.add_many(
        [(values | {"source": Entry.Source.LABEL}, wordings) for values, wordings in rows], by=by
    )
    for label, entry in zip(wanted, entries, strict=True):
        label.entry = entry
    Label.objects.bulk_update(wanted, ["entry"])
    return len(wanted)
