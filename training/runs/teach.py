"""Teach: from what people corrected to a run, in one step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset, EvalSet
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label
from training.runs.dataset import replayable
from training.runs.models import Run
from training.runs.presets import example_count, from_preset

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
        raise NothingTaught(_("Nobody has corrected an answer of this dataset yet: review some first."))
    champion = Version.objects.champion()
    base = champion.base or champion
    mix = {"person": count, "replay": replayable(dataset, base)[: count * REPLAYED_PER_LABEL].count()}
    same = Run.objects.active().filter(dataset=dataset, mix=mix, preset="recommended").first()
    if same:
        return same  # the button was pressed twice
    repeats = max(1, round(SHARE_OF_LABELS / (1 - SHARE_OF_LABELS) * mix["replay"] / count))
    run = Run.objects.create(
        name=_("Teach %(dataset)s: %(count)s replies") % {"dataset": dataset, "count": count},
        dataset=dataset,
        base=base,
        method="lora",
        preset="recommended",
        parameters=from_preset("recommended", "lora", base, example_count(mix, repeats)).as_dict(),
        mix=mix,
        repeats=repeats,
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
