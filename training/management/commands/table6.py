"""The experiment of Table VI on the configured models."""

import json
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset, EvalSet
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.evaluation.summary import mean_scores
from training.paper.table6.experiment import INPUTS, Table6, corpus_dataset, dev_set, input_set, inputs_dataset
from training.runs.models import Experiment


class Command(BaseCommand):
    help = "Train with every method of Table VI and compare with the base. What is done is not done again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="multiplies the paper's 3,000 to 15,000 steps (1)")
        parser.add_argument("--preset", choices=["paper", "recommended"], default="paper")
        parser.add_argument("--dataset", metavar="NAME", help="dialogues to learn from; default: the corpus")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["scale"] <= 10:
            raise CommandError(f"--scale must be over 0 and at most 10, not {options['scale']}.")
        table6 = Table6(self._experiment(options), show=self.stderr.isatty())
        began = time.monotonic()
        try:
            versions = list(self._columns(table6, quiet=options["json"]))
        except ExpectedError as error:
            raise CommandError(str(error)) from error
        result = summary(versions, table6.experiment) | {"minutes": round((time.monotonic() - began) / 60, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _experiment(self, options: dict[str, Any]) -> Experiment:
        Version.objects.register_configured()
        champion = Version.objects.champion()
        return Experiment.objects.get_or_create(
            kind=Experiment.Kind.TABLE6,
            dataset=self._dataset(options["dataset"]),
            base=champion.base or champion,
            teacher=Version.objects.configured_cloud(),
            preset=options["preset"],
            scale=options["scale"],
        )[0]

    def _dataset(self, name: str | None) -> Dataset:
        dataset = Dataset.objects.filter(name=name).first() if name else corpus_dataset()
        if dataset is None:
            raise CommandError(f"There is no dataset named {name!r}.")
        return dataset

    def _columns(self, table6: Table6, *, quiet: bool) -> Iterator[Version]:
        for version in table6.columns():
            if not quiet:
                result = mean_scores(version, dev_set(table6.dataset))[0]
                self.stdout.write(f"{version}: {result.interval}, coverage {result.coverage:.0%}")
            yield version


def summary(versions: list[Version], experiment: Experiment) -> dict[str, Any]:
    """Mean, interval and coverage by version, on the dev split and on the inputs."""
    on_dev = _by_version(versions, dev_set(experiment.dataset))
    answered = input_set(inputs_dataset())
    inputs = _by_version(versions, answered)
    # The set holds only inputs that have a reference; those that the teacher has no reply to count as unknown.
    share_answered = answered.items.count() / len(INPUTS)
    inputs["coverage"] = {name: round(share * share_answered, 4) for name, share in inputs["coverage"].items()}
    return on_dev | {"preset": experiment.preset, "scale": experiment.scale, "inputs": inputs}


def _by_version(versions: list[Version], eval_set: EvalSet) -> dict[str, Any]:
    """mean, interval and coverage: {name of the version: value}."""
    results = {version.name: mean_scores(version, eval_set)[0].as_dict() for version in versions}
    fields = ("mean", "interval", "coverage")
    return {field: {name: result[field] for name, result in results.items()} for field in fields}
