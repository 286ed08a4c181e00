"""Import dialogues from a file, without a queue."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.importing import FORMATS
from dialogues.importing.run import import_file
from dialogues.models import ImportJob
from ecc_site.core.command_jobs import create_or_refuse, run_here


class Command(BaseCommand):
    help = "Import dialogues from a file into a dataset. Importing the same file again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dataset", help="name of the dataset (default: the name of the file)")
        parser.add_argument("--format", choices=sorted(FORMATS), default="jsonl")
        parser.add_argument("--never-leaves", action="store_true", help="never send these dialogues to a cloud model")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} cannot be read.")
        job = create_or_refuse(
            ImportJob,
            dataset_name=options["dataset"] or file.stem,
            path=str(file.absolute()),
            file_name=file.name,
            file_format=options["format"],
            never_leaves=options["never_leaves"],
        )
        run_here(job, import_file, show=self.stderr.isatty())
        self._report(job, as_json=options["json"])

    def _report(self, job: ImportJob, *, as_json: bool) -> None:
        problems = list(job.problems.values("line", "field", "expected")[:1000])
        if as_json:
            result = {"dataset": job.dataset_name, "added": job.added, "repeated": job.repeated}
            self.stdout.write(json.dumps(result | {"bad": job.problem_count, "problems": problems}))
            return
        for problem in problems:
            place = f", {problem['field']}" if problem["field"] else ""
            self.stderr.write(f"line {problem['line']}{place}: expected {problem['expected']}")
        self.stdout.write(
            f"{job.dataset_name}: {job.added} added, {job.repeated} already present, {job.problem_count} lines refused."
        )
