"""Export the verdicts of a round to a file, without a queue."""

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from ecc_site.core.models import Act, AuditEntry
from review.exports.formats import FORMATS, refusal
from review.exports.part import Decisions, Part, verdicts_of
from review.exports.writing import write
from review.models import ExportJob, Round, RoundItem, Tag, VerdictRevision


class Command(BaseCommand):
    help = "Write the verdicts of a review round to a file; docs/exports.md describes the formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, required=True, metavar="ID", help="id of the round, as in its address")
        parser.add_argument("--format", choices=list(FORMATS), default="verdicts.jsonl")
        parser.add_argument("--annotator", metavar="NAME", help="only the verdicts of this person")
        parser.add_argument("--only-corrected", action="store_true", help="only verdicts with a correction")
        parser.add_argument("--preference", choices=VerdictRevision.Preference.values, help="only verdicts with it")
        parser.add_argument("--tag", metavar="NAME", help="only questions of this intent or topic")
        parser.add_argument("--stratum", choices=RoundItem.Stratum.values, help="only items that are there for this")
        parser.add_argument("--decisions", choices=Decisions.values, help="what becomes of managers' decisions")
        parser.add_argument("--error-tag", metavar="NAME", help="only verdicts with this error tag")
        parser.add_argument("--signal", choices=Round.Signal.values, help="only verdicts with it")
        parser.add_argument("--first", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only from this day on")
        parser.add_argument("--last", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only until this day")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        parser.add_argument("outfile", type=Path, metavar="OUT")

    def handle(self, *args: Any, outfile: Path, **options: Any) -> None:
        job = self._export(options)
        format_ = FORMATS[job.format]()
        verdicts = verdicts_of(job)
        began, unfinished = time.monotonic(), outfile.with_name(f"{outfile.name}.tmp")
        try:
            with tqdm(total=verdicts.count(), disable=not self.stderr.isatty()) as bar:
                write(unfinished, format_, verdicts, bar.update)
            os.replace(unfinished, outfile)
        except OSError as error:
            raise CommandError(f"{outfile} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        AuditEntry.objects.record(Act.EXPORTED, outfile.name, by=None, detail=str(job.round))
        seconds = round(time.monotonic() - began, 3)
        result = {"records": format_.record_count, "left_out": dict(format_.left_out), "seconds": seconds}
        plain = f"{format_.record_count} records written to {outfile}"
        self.stdout.write(json.dumps(result) if options["json"] else plain)

    def _export(self, options: dict[str, Any]) -> ExportJob:
        """What is asked for, as a job that is not stored. Raises CommandError."""
        round_ = Round.objects.filter(pk=options["round"]).first()
        if round_ is None:
            raise CommandError(f"There is no round {options['round']}.")
        annotator = User.objects.filter(username=options["annotator"]).first() if options["annotator"] else None
        if options["annotator"] and annotator is None:
            raise CommandError(f"There is nobody named {options['annotator']!r}.")
        tag = Tag.objects.filter(name=options["tag"]).first() if options["tag"] else None
        if options["tag"] and tag is None:
            raise CommandError(f"There is no tag {options['tag']!r}.")
        if refused := refusal(FORMATS[options["format"]], round_):
            raise CommandError(refused)
        of = {"annotator": annotator, "only_corrected": options["only_corrected"]}
        part = Part.of({**options, "tag": tag}).as_json()
        return ExportJob(round=round_, format=options["format"], part=part, **of)
