"""Let a model answer the open turns of a dataset, without a queue."""

import json

from django.core.management.base import BaseCommand, CommandError

from dialogues.answering import answer_dataset
from dialogues.models import AnswerJob, Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.version_option import VersionOption
from serving.models import Version


class Command(VersionOption, BaseCommand):
    help = "Answer every open turn of a dataset that the version has not answered yet."

    def add_arguments(self, parser):
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--version", metavar="NAME", help="name of the version; the champion where it is not given")
        parser.add_argument("--cloud", action="store_true", help="the configured cloud model instead")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, dataset: str, cloud: bool, version: str | None, **options):
        Version.objects.register_configured()
        target = Dataset.objects.filter(name=dataset).first()
        if target is None:
            raise CommandError(f"There is no dataset named {dataset!r}.")
        job = create_or_refuse(AnswerJob, dataset=target, version=self._version(version, cloud))
        run_here(job, answer_dataset, show=self.stderr.isatty())
        self._report(job, as_json=options["json"])

    def _version(self, name: str | None, cloud: bool) -> Version:
        versions = Version.objects
        chosen = versions.filter(name=name).first() if name else None
        chosen = chosen or (versions.configured_cloud() if cloud else None if name else versions.champion())
        if chosen is None:
            raise CommandError(f"There is no version named {name!r}.")
        return chosen

    def _report(self, job: AnswerJob, *, as_json: bool) -> None:
        if as_json:
            result = {"version": job.version.name, "answered": job.done, "unanswered": job.skipped}
            self.stdout.write(json.dumps(result | {"per_second": job.rate}))
            return
        rate = f", {job.rate:.1f} a second" if job.rate else ""
        self.stdout.write(f"{job.version}: {job.done} answered, {job.skipped} without an answer{rate}.")
