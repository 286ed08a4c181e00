"""Teach: from what people corrected to a run, in one step."""

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

# Against forgetting: so many of the base's own answers to other turns for each label, where there are so many. The more
# of them are different, the less the end model that ships lost on what was held out. Repeating the labels until they
# make this share of the examples lets them be learned all the same, in the same number of steps.
REPLAYED_PER_LABEL = 30
SHARE_OF_LABELS = 0.1


class NothingTaught(ExpectedError):
    """Nobody has corrected anything yet."""


@transaction.atomic
def teach(dataset: Dataset, by) -> Run:
    """Queue a LoRA run on everything people have corrected or accepted; the same run where it waits or runs already.

    Raises NothingTaught.
    """
    sync_labels(dataset)
    labels = Label.objects.chosen().filter(dataset=dataset, source=Label.Source.PERSON, split="train")
    count = labels.count()
    if not count:
        raise NothingTaught(
            _("This dataset has no corrected or accepted reply in its train split yet. Review some first.")
        )
    champion = Version.objects.champion()
    base = champion.base or champion
    mix = {"person": count, "replay": replayable(dataset, base)[: count * REPLAYED_PER_LABEL].count()}
    same = Run.objects.active().filter(dataset=dataset, mix=mix, preset="recommended").first()
    if same:
        return same  # the button was pressed twice
    repeats = max(1, round(SHARE_OF_LABELS / (1 - SHARE_OF_LABELS) * mix["replay"] / count))
    name = _("Teach %(dataset)s: %(count)s replies") % {"dataset": dataset, "count": count}
    run = create_run(RunSpec(dataset, base, "lora", "recommended", mix, repeats), name, by=by)
    run.enqueue()
    return run
