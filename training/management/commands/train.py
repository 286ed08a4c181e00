"""Train in this process: a run that the site has queued, or a new one."""

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset
from ecc_site.core.command_jobs import run_here
from serving.models import Version
from training.ml.methods import METHODS
from training.ml.settings import BadSettings
from training.runs.create import RunSpec, create_run
from training.runs.dataset import SOURCES
from training.runs.models import Run
from training.runs.presets import PRESETS


class Command(BaseCommand):
    help = "Fine-tune the champion's base on the labels of a dataset, or do a run that is queued already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", nargs="?", help="name of the dataset; not with --run")
        parser.add_argument("--run", type=int, help="number of a queued run")
        parser.add_argument("--claim", type=uuid.UUID, help="with --run: the token by which a worker knows the claim")
        parser.add_argument("--estimate", action="store_true", help="with --run: measure a few steps and print JSON")
        parser.add_argument("--method", choices=list(METHODS), default="lora")
        parser.add_argument("--preset", choices=PRESETS, default="recommended")
        parser.add_argument("--max-steps", type=int)
        for source in SOURCES:
            default = 1000 if source == "person" else 0
            parser.add_argument(f"--{source}", type=int, default=default, help=f"examples at most ({default})")
        parser.add_argument("--repeats", type=int, default=1, help="how often a pass learns each label by people (1)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        from training.runs.worker import train_run

        if options["estimate"]:
            self._estimate(options["run"])
            return
        run = self._run(options["run"]) if options["run"] else self._new_run(options)
        run.claims_as = options["claim"]
        run_here(run, train_run, show=self.stderr.isatty())
        versions = list(run.checkpoints.values_list("version__name", flat=True))
        if options["json"]:
            self.stdout.write(json.dumps({"run": run.pk, "steps": run.done, "versions": versions}))
        else:
            self.stdout.write(f"Run {run.pk}: {run.done} steps; versions {', '.join(versions)}.")

    def _estimate(self, number: int | None) -> None:
        from training.runs.estimate import estimated

        if number is None:
            raise CommandError("--estimate needs --run.")
        self.stdout.write(json.dumps(estimated(self._run(number))))

    def _run(self, number: int) -> Run:
        run = Run.objects.filter(pk=number).first()
        if run is None:
            raise CommandError(f"There is no run {number}.")
        return run

    def _new_run(self, options: dict[str, Any]) -> Run:
        dataset = Dataset.objects.filter(name=options["dataset"] or "").first()
        if dataset is None:
            raise CommandError(f"There is no dataset named {options['dataset']!r}.")
        Version.objects.register_configured()
        champion = Version.objects.champion()
        mix = {source: options[source] for source in SOURCES if options[source]}
        by_hand = {"max_steps": options["max_steps"]} if options["max_steps"] else {}
        base, method = champion.base or champion, options["method"]
        spec = RunSpec(dataset, base, method, options["preset"], mix, options["repeats"], by_hand=by_hand)
        try:
            return create_run(spec, f"{method} on {dataset}")
        except BadSettings as error:
            raise CommandError(str(error)) from error
