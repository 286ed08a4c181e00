"""Teach: from what people corrected to a run, in one step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset, EvalSet
from ecc_site.kit.jobs import JobError
from serving.models import Version
from training.harvest import harvest
from training.models import Label, Run
from training.parameters import from_preset

# So many of the base's own answers to other turns for each label, against forgetting: with as many as there are labels
# the end model that ships learned thirty corrections just as well and lost twice as much on what was held out.
REPLAY_SHARE = 10


class NothingTaught(JobError):
    """Nobody has corrected anything yet."""


@transaction.atomic
def teach(dataset: Dataset, by) -> Run:
    """Queue a LoRA run on everything people have corrected or accepted; the same run where it waits or runs already.

    Raises NothingTaught.
    """
    harvest(dataset)
    labels = Label.objects.chosen().filter(dataset=dataset, source=Label.Source.PERSON, split="train")
    count = labels.count()
    if not count:
        raise NothingTaught(_("Nobody has corrected an answer of this dataset yet: review some first."))
    mix = {"person": count, "replay": count * REPLAY_SHARE}
    same = Run.objects.active().filter(dataset=dataset, mix=mix, preset="recommended").first()
    if same:
        return same  # the button was pressed twice
    champion = Version.objects.champion()
    base = champion.base or champion
    run = Run.objects.create(
        name=_("Teach %(dataset)s: %(count)s replies") % {"dataset": dataset, "count": count},
        dataset=dataset,
        base=base,
        method=Run.Method.LORA,
        preset="recommended",
        parameters=from_preset("recommended", "lora", base, count * (1 + REPLAY_SHARE)).as_dict(),
        mix=mix,
        position=Run.objects.last_position() + 1,
        created_by=by,
    )
    add_eval_sets(run)
    run.enqueue()
    return run


def add_eval_sets(run: Run) -> None:
    """Freeze what the run is compared on: the corrections it learns, and the test dialogues it never sees."""
    champion = Version.objects.champion()
    mine = Comparison.objects.filter(dataset=run.dataset, version=champion)
    learned = mine.filter(kind=Comparison.Kind.CORRECTION)
    held_out = mine.filter(split="test", kind=_kind_of_reference(run.dataset))
    if learned.exists():
        run.before = EvalSet.objects.freeze(f"run {run.pk}: corrections", learned)
    if held_out.exists():
        run.held_out = EvalSet.objects.freeze(f"run {run.pk}: held out", held_out)
    run.save(update_fields=["before", "held_out"])


def _kind_of_reference(dataset: Dataset) -> str:
    """The cloud's answers where the test split has any, else the human agents'."""
    test = dataset.comparisons.filter(split="test", kind=Comparison.Kind.CLOUD)
    return Comparison.Kind.CLOUD if test.exists() else Comparison.Kind.HUMAN
