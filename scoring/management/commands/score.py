"""Score the comparisons of a dataset, without a queue."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from scoring.models import ScoreJob


class Command(BaseCommand):
    help = "Score every comparison of a dataset that the configured scorers have not scored yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, dataset: str, **options: Any) -> None:
        from scoring.running import score_dataset

        target = Dataset.objects.filter(name=dataset).first()
        if target is None:
            raise CommandError(f"There is no dataset named {dataset!r}.")
        job = create_or_refuse(ScoreJob, dataset=target)
        run_here(job, score_dataset, show=self.stderr.isatty())
        if options["json"]:
            self.stdout.write(json.dumps({"dataset": dataset, "scored": job.done, "per_second": job.rate}))
        else:
            self.stdout.write(f"{dataset}: {job.done} comparisons scored.")
