"""Answer the open turns of a dataset with a model, without a queue."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.answering import answer_dataset
from dialogues.models import AnswerJob, Dataset
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.version_option import VersionOption
from serving.models import Version


class Command(VersionOption, BaseCommand):
    help = "Answer the open turns of a dataset that the version has not answered yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--version", metavar="NAME", help="name of the version (default: the champion)")
        parser.add_argument("--cloud", action="store_true", help="answer with the configured cloud model instead")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, dataset: str, cloud: bool, version: str | None, **options: Any) -> None:
        Version.objects.register_configured()
        target = Dataset.objects.filter(name=dataset).first()
        if target is None:
            raise CommandError(f"There is no dataset named {dataset!r}.")
        job = create_or_refuse(AnswerJob, dataset=target, version=self._version(version, cloud))
        run_here(job, answer_dataset, show=self.stderr.isatty())
        self._report(job, as_json=options["json"])

    def _version(self, name: str | None, cloud: bool) -> Version:
        """The version of that name, else the cloud model or the champion."""
        found = Version.objects.filter(name=name).first() if name else None
        if name and not found and not cloud:
            raise CommandError(f"There is no version named {name!r}.")
        return found or (Version.objects.configured_cloud() if cloud else Version.objects.champion())

    def _report(self, job: AnswerJob, *, as_json: bool) -> None:
        if as_json:
            result = {"version": job.version.name, "answered": job.done, "unanswered": job.skipped}
            self.stdout.write(json.dumps(result | {"per_second": job.rate}))
            return
        rate = f", {job.rate:.1f} a second" if job.rate else ""
        self.stdout.write(f"{job.version}: {job.done} answered, {job.skipped} without an answer{rate}.")
