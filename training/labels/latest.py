"""Labels follow the verdicts: pages take up what people have said since, a task what is too much for a page."""

from __future__ import annotations

from collections import defaultdict

from django.core.cache import cache
from django.db import transaction

from dialogues.models import Dataset
from ecc_site.core.batching import SIZE
from review.models import VerdictRevision
from training.labels.from_verdicts import sync_labels
from training.labels.models import LabelSync

AT_ONCE = 2_000  # revisions of verdicts that a page takes up before it is shown
SYNCED = "labels-of-verdicts-up-to"  # cache key; where a process has lost it, the next look costs a little more


def sync_latest(most: int | None = AT_ONCE) -> int:
    """Sync the turns whose verdicts have changed since the last call; usually a single small query.

    Returns how many revisions wait: none, or all where they are more than `most`.
    A verdict that is being written meanwhile may be missed here; the full sync before a run finds it.
    """
    newest = VerdictRevision.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or cache.get(SYNCED) == newest:
        return 0
    waiting = VerdictRevision.objects.filter(pk__gt=LabelSync.up_to()).count()
    if most is not None and waiting > most:
        return waiting
    while _take_up_some() == SIZE:
        pass
    cache.set(SYNCED, newest, timeout=None)
    return 0


@transaction.atomic
def _take_up_some() -> int:
    """The next revisions, of which each is seen by one process; how many there were."""
    place = LabelSync.locked()
    later = VerdictRevision.objects.filter(pk__gt=place.revision).order_by("pk")
    rows = list(later.values_list("pk", "verdict__round__dataset", "verdict__comparison__turn")[:SIZE])
    turns = defaultdict(set)
    for _revision, of, turn in rows:
        turns[of].add(turn)
    for dataset in Dataset.objects.filter(pk__in=turns):
        sync_labels(dataset, turns[dataset.pk])
    if rows:
        place.revision = rows[-1][0]
        place.save()
    return len(rows)
