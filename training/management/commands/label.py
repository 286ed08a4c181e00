"""Let a teacher label a dataset, without a queue."""

import json

from django.core.management.base import BaseCommand, CommandError

from dialogues.models import Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from serving.models import Version
from training.labels.models import LabelJob
from training.labels.prompt import MOST_EXAMPLES, default_example_count
from training.labels.teacher import label_dataset, reasons_of


class Command(BaseCommand):
    help = "Ask a cloud model for the reply of each train and dev turn that has no label of its own yet."

    def add_arguments(self, parser):
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--teacher", metavar="NAME", help="a cloud version; the configured one where not given")
        parser.add_argument("--selection", choices=LabelJob.Selection.values, default=LabelJob.Selection.ALL)
        parser.add_argument("--examples", type=int, metavar="N", help="0 to 500; what fits the window where not given")
        parser.add_argument("--nearest", type=int, metavar="K", default=0, help="0 to 20 examples by nearest question")
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many turns")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, dataset: str, teacher: str | None, selection: str, **options):
        target = Dataset.objects.filter(name=dataset).first()
        if target is None:
            raise CommandError(f"There is no dataset named {dataset!r}.")
        version = self._teacher(teacher)
        job = create_or_refuse(
            LabelJob, dataset=target, teacher=version, selection=selection, **self._numbers(version, options)
        )
        run_here(job, label_dataset, show=self.stderr.isatty())
        self._report(job, as_json=options["json"])

    def _teacher(self, name: str | None) -> Version:
        Version.objects.register_configured()
        versions = Version.objects.cloud()
        chosen = versions.filter(name=name).first() if name else Version.objects.configured_cloud()
        if chosen is None:
            raise CommandError(f"There is no cloud version named {name!r}.")
        return chosen

    def _numbers(self, teacher: Version, options: dict) -> dict[str, int | None]:
        given = options["examples"]
        count = default_example_count(teacher) if given is None else given
        for name, value, most in (("--examples", count, MOST_EXAMPLES), ("--nearest", options["nearest"], 20)):
            if not 0 <= value <= most:
                raise CommandError(f"{name} {value} cannot be used: expected a whole number from 0 to {most}.")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError(f"--limit {options['limit']} cannot be used: expected a whole number from 1.")
        return {"example_count": count, "nearest_count": options["nearest"], "limit": options["limit"]}

    def _report(self, job: LabelJob, *, as_json: bool) -> None:
        if as_json:
            result = {"teacher": job.teacher.name, "examples": job.example_count, "labelled": job.done}
            self.stdout.write(json.dumps(result | {"unanswered": job.unanswered, "per_second": job.rate}))
            return
        why = ", ".join(f"{count} {reason}" for reason, count in reasons_of(job))
        self.stdout.write(f"{job.teacher}: {job.done} labelled, {job.skipped} not" + (f" ({why})." if why else "."))
