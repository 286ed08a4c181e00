"""Have a teacher label a dataset, without a queue."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from serving.models import Version
from training.labels.models import LabelJob
from training.labels.prompt import MOST_EXAMPLES, default_example_count
from training.labels.teacher import label_dataset, reasons_of


class Command(BaseCommand):
    help = "Ask a cloud model for its reply to each train and dev turn that it has not labelled with this prompt yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--teacher", metavar="NAME", help="a cloud version; default: the configured one")
        parser.add_argument("--selection", choices=LabelJob.Selection.values, default=LabelJob.Selection.ALL)
        parser.add_argument("--examples", type=int, metavar="N", help="0 to 500; default: as many as fit the window")
        parser.add_argument("--nearest", type=int, metavar="K", default=0, help="0 to 20 examples by nearest question")
        parser.add_argument("--limit", type=int, metavar="N", help="at most this many turns")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no dataset named {options['dataset']!r}.")
        teacher = self._teacher(options["teacher"])
        values = {"dataset": dataset, "teacher": teacher, "selection": options["selection"]}
        job = create_or_refuse(LabelJob, **values, **self._numbers(teacher, options))
        run_here(job, label_dataset, show=self.stderr.isatty())
        self._report(job, as_json=options["json"])

    def _teacher(self, name: str | None) -> Version:
        Version.objects.register_configured()
        versions = Version.objects.cloud()
        teacher = versions.filter(name=name).first() if name else Version.objects.configured_cloud()
        if teacher is None:
            raise CommandError(f"There is no cloud version named {name!r}.")
        return teacher

    def _numbers(self, teacher: Version, options: dict[str, Any]) -> dict[str, int | None]:
        """The fields of the job that are numbers. Raises CommandError for one that is out of range."""
        given = options["examples"]
        count = default_example_count(teacher) if given is None else given
        for name, value, highest in (("--examples", count, MOST_EXAMPLES), ("--nearest", options["nearest"], 20)):
            if not 0 <= value <= highest:
                raise CommandError(f"{name} {value} cannot be used: expected a whole number from 0 to {highest}.")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError(f"--limit {options['limit']} cannot be used: expected a whole number from 1.")
        return {"example_count": count, "nearest_count": options["nearest"], "limit": options["limit"]}

    def _report(self, job: LabelJob, *, as_json: bool) -> None:
        if as_json:
            result = {"teacher": job.teacher.name, "examples": job.example_count, "labelled": job.done}
            self.stdout.write(json.dumps(result | {"unanswered": job.unanswered, "per_second": job.rate}))
            return
        why = ", ".join(f"{count} {reason}" for reason, count in reasons_of(job.unanswered))
        self.stdout.write(f"{job.teacher}: {job.done} labelled, {job.skipped} not" + (f" ({why})." if why else "."))
