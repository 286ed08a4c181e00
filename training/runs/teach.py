"""Teach: from people's corrections to a run, in one step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label
from training.runs.create import RunSpec, create_run
from training.runs.dataset import replayable
from training.runs.models import Run

# Against forgetting, a run replays the base's own answers to other turns. The more different ones it replays, the less
# the shipped end model loses on held-out turns. The labels are repeated until they make up their share of the examples,
# so that they are learned in the same number of steps all the same.
REPLAYED_PER_LABEL = 30  # at most
SHARE_OF_LABELS = 0.1


class NothingTaught(ExpectedError):
    """Nobody has corrected anything yet."""


@transaction.atomic
def teach(dataset: Dataset, by) -> Run:
    """Queue a LoRA run on the replies of people that are to be learned; returns the same run while that is active.

    Raises NothingTaught.
    """
    sync_labels(dataset)
    count = Label.objects.taught(dataset).count()
    if not count:
        raise NothingTaught(
            _("Nobody has corrected a reply in the train split of this dataset yet. Review some first.")
        )
    champion = Version.objects.champion()
    base = champion.base or champion
    mix = {"person": count, "replay": replayable(dataset, base)[: count * REPLAYED_PER_LABEL].count()}
    existing = Run.objects.active().filter(dataset=dataset, mix=mix, preset="recommended").first()
    if existing:
        return existing  # the button was pressed twice
    repeats = max(1, round(SHARE_OF_LABELS / (1 - SHARE_OF_LABELS) * mix["replay"] / count))
    name = _("Teach %(dataset)s: %(count)s replies") % {"dataset": dataset, "count": count}
    run = create_run(RunSpec(dataset, base, "lora", "recommended", mix, repeats), name, by=by)
    run.enqueue()
    return run
