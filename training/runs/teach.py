"""Teach: from people's corrections to a run, in one step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.core.errors import ExpectedError
from knowledge.models import Clock
from serving.models import Version
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label
from training.runs.create import RunSpec, create_run
from training.runs.dataset import replayable
from training.runs.models import Run

WORDINGS = 12  # that the teacher is asked for, of each question
REPLAYED = 0.65  # of a pass: the base's own answers to other turns, against forgetting
PATIENCE = 3  # looks at the dev loss without gain that end it: of few examples it rises soon
TRIED = (0.125, 0.5, 2.0)  # learning rates, times the preset's; what few corrections bear differs much between bases


class NothingTaught(ExpectedError):
    """Nobody has corrected anything yet."""


@transaction.atomic
def teach(dataset: Dataset, by) -> Run:
    """A draft of a LoRA run on the replies of people that are to be learned, for a person to look at before it starts.

    Where such a draft or an active run is there already, it is returned.

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
    most_replayed = round(count * (1 + WORDINGS) * REPLAYED / (1 - REPLAYED))
    mix = {"person": count, "replay": replayable(dataset, base)[:most_replayed].count()}
    same = Run.objects.filter(dataset=dataset, base=base, mix=mix, replay_share=REPLAYED)
    existing = same.active().first() or same.filter(state=Run.State.DRAFT, memory_after=Clock.now()).first()
    if existing:
        return existing  # the button was pressed twice
    spec = RunSpec(
        dataset,
        base,
        "lora",
        "recommended",
        mix,
        wordings=WORDINGS,
        replay_share=REPLAYED,
        tries=TRIED,
        by_hand={"patience": PATIENCE},
    )
    name = _("Teach %(dataset)s: %(count)s replies") % {"dataset": dataset, "count": count}
    return create_run(spec, name, state=Run.State.DRAFT, by=by)
