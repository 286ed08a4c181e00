"""The experiment of Table VI on the configured models."""

import json
import time
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from dialogues.models import Dataset
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.evaluation.summary import measured
from training.paper.table6.experiment import INPUTS, Table6, corpus_dataset, dev_set, input_set, inputs_dataset
from training.runs.models import Experiment


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
        table6 = Table6(self._experiment(dataset, preset, scale), show=self.stderr.isatty())
        began = time.monotonic()
        try:
            versions = list(self._columns(table6, quiet=options["json"]))
        except ExpectedError as problem:
            raise CommandError(str(problem)) from problem
        result = summary(versions, table6.experiment) | {"minutes": round((time.monotonic() - began) / 60, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _experiment(self, dataset: str | None, preset: str, scale: float) -> Experiment:
        Version.objects.register_configured()
        champion = Version.objects.champion()
        return Experiment.objects.get_or_create(
            kind=Experiment.Kind.TABLE6,
            dataset=self._dataset(dataset),
            base=champion.base or champion,
            teacher=Version.objects.configured_cloud(),
            preset=preset,
            scale=scale,
        )[0]

    def _dataset(self, name: str | None) -> Dataset:
        found = Dataset.objects.filter(name=name).first() if name else corpus_dataset()
        if found is None:
            raise CommandError(f"There is no dataset named {name!r}.")
        return found

    def _columns(self, table6: Table6, *, quiet: bool) -> Iterator[Version]:
        for version in table6.columns():
            if not quiet:
                one = measured(version, dev_set(table6.dataset))[0]
                low, high = one.interval.low, one.interval.high
                between = "" if low is None else f" ({low:.3f} to {high:.3f})"
                self.stdout.write(f"{version}: {one.interval.mean:.3f}{between}, coverage {one.coverage:.0%}")
            yield version


def summary(versions: list[Version], experiment: Experiment) -> dict:
    """Mean, interval and coverage by version, on the dev split and on the inputs."""
    on_dev = _by_version(versions, dev_set(experiment.dataset))
    known = input_set(inputs_dataset())
    inputs = _by_version(versions, known)
    # A set holds only what has a reference; an input that the teacher knows no reply to is an unknown one.
    share_known = known.items.count() / len(INPUTS)
    inputs["coverage"] = {name: round(share * share_known, 4) for name, share in inputs["coverage"].items()}
    return on_dev | {"preset": experiment.preset, "scale": experiment.scale, "inputs": inputs}


def _by_version(versions: list[Version], eval_set) -> dict:
    results = {version.name: measured(version, eval_set)[0].as_dict() for version in versions}
    return {part: {name: one[part] for name, one in results.items()} for part in ("mean", "interval", "coverage")}
