"""The experiment of Table VI on the configured models."""

import json
import time
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from dialogues.models import Dataset, EvalSet
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.evaluation.sets import INPUT_SET
from training.evaluation.summary import measured
from training.paper.table6.experiment import INPUTS, Experiment, corpus_dataset, dev_set


class Command(BaseCommand):
    help = "Train with every method of Table VI and compare with the base. What is done is not done again."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=float, default=1.0, help="times the paper's 3,000 to 15,000 steps (1)")
        parser.add_argument("--preset", choices=["paper", "recommended"], default="paper")
        parser.add_argument(
            "--dataset", metavar="NAME", help="dialogues to learn from; the corpus where it is not given"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, scale: float, preset: str, dataset: str | None, **options):
        if not 0 < scale <= 10:
            raise CommandError(f"--scale must be over 0 and at most 10, not {scale}.")
        Version.objects.register_configured()
        champion = Version.objects.champion()
        base, teacher = champion.base or champion, Version.objects.configured_cloud()
        experiment = Experiment(self._dataset(dataset), base, teacher, scale, preset, self.stderr.isatty())
        began = time.monotonic()
        try:
            versions = list(self._columns(experiment, quiet=options["json"]))
        except ExpectedError as problem:
            raise CommandError(str(problem)) from problem
        result = summary(versions, experiment) | {"minutes": round((time.monotonic() - began) / 60, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _dataset(self, name: str | None) -> Dataset:
        found = Dataset.objects.filter(name=name).first() if name else corpus_dataset()
        if found is None:
            raise CommandError(f"There is no dataset named {name!r}.")
        return found

    def _columns(self, experiment: Experiment, *, quiet: bool) -> Iterator[Version]:
        for version in experiment.columns():
            if not quiet:
                one = measured(version, dev_set(experiment.dataset))[0]
                low, high = one.interval.low, one.interval.high
                between = "" if low is None else f" ({low:.3f} to {high:.3f})"
                self.stdout.write(f"{version}: {one.interval.mean:.3f}{between}, coverage {one.coverage:.0%}")
            yield version


def summary(versions: list[Version], experiment: Experiment) -> dict:
    """Mean, interval and coverage by version, on the dev split and on the inputs."""
    on_dev = _by_version(versions, dev_set(experiment.dataset))
    inputs = _by_version(versions, EvalSet.objects.get(name=INPUT_SET))
    # A set holds only what has a reference; an input that the teacher knows no reply to is an unknown one.
    known = EvalSet.objects.get(name=INPUT_SET).items.count() / len(INPUTS)
    inputs["coverage"] = {name: round(share * known, 4) for name, share in inputs["coverage"].items()}
    return on_dev | {"preset": experiment.preset, "scale": experiment.scale, "inputs": inputs}


def _by_version(versions: list[Version], eval_set) -> dict:
    results = {version.name: measured(version, eval_set)[0].as_dict() for version in versions}
    return {part: {name: one[part] for name, one in results.items()} for part in ("mean", "interval", "coverage")}
