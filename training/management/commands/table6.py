"""The experiment of Table VI on the configured models."""

import json
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset, EvalSet
from ecc_site.core.command_jobs import doing_here, run_here
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.evaluation.summary import mean_scores
from training.ml.methods import of_the_paper
from training.paper.table6.experiment import (
    HIGHEST_SCALE,
    INPUTS,
    Hands,
    Table6,
    dev_set,
    experiment_of,
    input_set,
    inputs_dataset,
)
from training.runs.models import Experiment, Run
from training.runs.presets import PRESETS


class Command(BaseCommand):
    help = (
        "Train with every method of Table VI and compare with the base, each with and without a memory of what is "
        "learned. What is done is not done again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="multiplies the paper's 3,000 to 15,000 steps (1)")
        parser.add_argument("--preset", choices=PRESETS, default="paper")
        parser.add_argument(
            "--method", action="append", choices=of_the_paper(), help="train with this one alone; may be repeated"
        )
        parser.add_argument("--dataset", metavar="NAME", help="dialogues to learn from; default: the corpus")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["scale"] <= HIGHEST_SCALE:
            raise CommandError(f"--scale must be over 0 and at most {HIGHEST_SCALE:g}, not {options['scale']}.")
        experiment = experiment_of(self._dataset(options["dataset"]), options["preset"], options["scale"])
        table6 = Table6(experiment, hands(show=self.stderr.isatty()), options["method"] or of_the_paper())
        began = time.monotonic()
        try:
            versions = list(self._columns(table6, quiet=options["json"]))
        except ExpectedError as error:
            raise CommandError(str(error)) from error
        result = summary(versions, experiment) | {"minutes": round((time.monotonic() - began) / 60, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _dataset(self, name: str | None) -> Dataset | None:
        dataset = Dataset.objects.filter(name=name).first() if name else None
        if name and dataset is None:
            raise CommandError(f"There is no dataset named {name!r}.")
        return dataset

    def _columns(self, table6: Table6, *, quiet: bool) -> Iterator[Version]:
        for version in table6.columns():
            if not quiet:
                result = mean_scores(version, dev_set(table6.dataset))[0]
                self.stdout.write(f"{version}: {result.interval}, coverage {result.coverage:.0%}")
            yield version


def hands(*, show: bool) -> Hands:
    """Everything is done in this process, with progress bars if `show` is true."""

    def train(run: Run) -> None:
        from training.runs.worker import train_run

        run.requeue()
        run_here(run, train_run, show=show)

    return Hands(doing_here(show=show), train)


def summary(versions: list[Version], experiment: Experiment) -> dict[str, Any]:
    """Mean, interval and coverage by version, on the dev split and on the inputs; both also with the memory."""
    weights = [version for version in versions if version.weights_of is None]
    arms = [version for version in versions if version.weights_of]
    on_dev = _on_both_sets(weights, experiment.dataset)
    about = {"preset": experiment.preset, "scale": experiment.scale}
    return on_dev | about | {"with_memory": _on_both_sets(arms, experiment.dataset)}


def _on_both_sets(versions: list[Version], dataset: Dataset) -> dict[str, Any]:
    answered = input_set(inputs_dataset())
    inputs = _by_version(versions, answered)
    # The set holds only inputs that have a reference; those that the teacher has no reply to count as unknown.
    share_answered = answered.items.count() / len(INPUTS)
    inputs["coverage"] = {name: round(share * share_answered, 4) for name, share in inputs["coverage"].items()}
    return _by_version(versions, dev_set(dataset)) | {"inputs": inputs}


def _by_version(versions: list[Version], eval_set: EvalSet) -> dict[str, Any]:
    """mean, interval and coverage: {name of the version whose weights answered: value}."""
    results = {
        (version.weights_of or version).name: mean_scores(version, eval_set)[0].as_dict() for version in versions
    }
    fields = ("mean", "interval", "coverage")
    return {field: {name: result[field] for name, result in results.items()} for field in fields}
