"""What people said lately becomes labels when somebody looks: the page that lists labels is never behind the desk."""

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef

from dialogues.models import Dataset
from review.models import Round, VerdictRevision
from training.labels.from_verdicts import batches, harvest
from training.labels.models import Label

SEEN = "labels-of-verdicts-up-to"  # remembered by each process; where it is forgotten a look costs a little more


def pull_latest() -> None:
    """Harvest the turns that verdicts were given or withdrawn on since the last time; usually one small query.

    A verdict that was being written meanwhile may be missed here; the whole harvest before a run finds it.
    """
    newest = VerdictRevision.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or cache.get(SEEN) == newest:
        return
    for dataset in Dataset.objects.filter(Exists(Round.objects.filter(dataset=OuterRef("pk")))):
        with transaction.atomic():  # all or nothing, because the newest label says how far it came
            for turns in batches(turns_since(dataset, _harvested_up_to(dataset))):
                harvest(dataset, turns)
    cache.set(SEEN, newest, timeout=None)


def turns_since(dataset: Dataset, revision_id: int) -> list[int]:
    later = VerdictRevision.objects.filter(pk__gt=revision_id, verdict__round__dataset=dataset).order_by("pk")
    return list(dict.fromkeys(later.values_list("verdict__comparison__turn_id", flat=True)))


def _harvested_up_to(dataset: Dataset) -> int:
    """When the newest label was made, every revision up to its own had been looked at."""
    labels = Label.objects.filter(dataset=dataset, source=Label.Source.PERSON, revision__isnull=False)
    return labels.order_by("-id").values_list("revision_id", flat=True).first() or 0
