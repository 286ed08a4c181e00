"""Import dialogues from a file, without a queue."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.importing.cleaning import STEPS
from dialogues.importing.formats import FORMATS
from dialogues.importing.formats.columns import NAMES as FIELDS
from dialogues.importing.roles import ROLES
from dialogues.importing.run import import_file
from dialogues.models import ImportJob, ImportProblem
from ecc_site.core.command_jobs import create_or_refuse, run_here


class Command(BaseCommand):
    help = (
        "Import dialogues from a file into a dataset; its format and encoding are recognised. Importing the same file "
        "again adds nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dataset", help="name of the dataset (default: the name of the file)")
        parser.add_argument("--format", choices=list(FORMATS), default="", help="default: recognised")
        parser.add_argument("--encoding", default="", help="such as gb18030 (default: recognised)")
        parser.add_argument("--role", action="append", default=[], metavar="NAME=ROLE", help=_of("role", ROLES))
        parser.add_argument("--column", action="append", default=[], metavar="FIELD=NAME", help="of a table")
        parser.add_argument("--without", action="append", default=[], choices=STEPS, help="a step of cleaning")
        parser.add_argument("--never-leaves", action="store_true", help="never send these dialogues to a cloud model")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} cannot be read.")
        roles, columns = _pairs(options["role"]), _pairs(options["column"])
        _check("role", roles.values(), ROLES)
        _check("field of --column", columns, FIELDS)
        job = create_or_refuse(
            ImportJob,
            dataset_name=options["dataset"] or file.name.split(".")[0],
            path=str(file.absolute()),
            file_name=file.name,
            file_format=options["format"],
            encoding=options["encoding"],
            roles=roles,
            columns=columns,
            left_out_steps=options["without"],
            never_leaves=options["never_leaves"],
        )
        try:
            run_here(job, import_file, show=self.stderr.isatty())
        finally:
            job.refresh_from_db()
            self._report(job, as_json=options["json"])

    def _report(self, job: ImportJob, *, as_json: bool) -> None:
        problems = list(job.problems.all())
        numbers: dict[str, Any] = {
            "added": job.added,
            "repeated": job.repeated,
            "replaced": job.replaced,
            "refused": job.problem_count,
        }
        if as_json:
            named = {"dataset": job.dataset_name, "problems": [_as_json(problem) for problem in problems]}
            self.stdout.write(
                json.dumps(named | numbers | {"error": job.error, "report": job.report}, ensure_ascii=False)
            )
            return
        for problem in problems:
            lines = ", ".join(map(str, problem.first_lines))
            self.stderr.write(
                f"{problem} ({problem.count} times, in lines {lines}{', …' if problem.count > 10 else ''})"
            )
        self.stdout.write(f"{job.dataset_name}: " + ", ".join(f"{count} {name}" for name, count in numbers.items()))


def _of(name: str, values: tuple[str, ...]) -> str:
    return f"{name}: " + ", ".join(value or "empty to leave out" for value in values)


def _pairs(options: list[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    if wrong := next((name for name, sign, _value in pairs if not sign), None):
        raise CommandError(f"“{wrong}” has to be NAME=VALUE.")
    return {name: value for name, _sign, value in pairs}


def _check(name: str, given: Iterable[str], known: Collection[str]) -> None:
    if wrong := next((value for value in given if value not in known), None):
        raise CommandError(f"“{wrong}” is no {name}: {', '.join(filter(None, known))}.")


def _as_json(problem: ImportProblem) -> dict[str, Any]:
    return {"problem": str(problem), "count": problem.count, "lines": problem.first_lines}
