"""The import of one file: line by line, stored in batches, with every bad line recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import F

from dialogues.importing import FORMATS
from dialogues.importing.parsers import ParsedDialogue
from dialogues.importing.store import BATCH, store_batch
from dialogues.models import Dataset, ImportJob, ImportProblem
from dialogues.uploads import remove_upload
from ecc_site.core.jobs import JobError
from ecc_site.core.jsonl import LineProblem, count_lines

PREVIEW_LINES = 200
NumberedLine = tuple[int, ParsedDialogue | LineProblem]


@dataclass
class Preview:
    """The first lines of a file as they would be imported."""

    dialogues: list[ParsedDialogue] = field(default_factory=list)
    problems: list[tuple[int, LineProblem]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return len(self.dialogues) + len(self.problems)


def parsed_lines(path: Path, file_format: str) -> Iterator[NumberedLine]:
    """The file's lines, numbered from 1, each as its dialogue or what is wrong with it."""
    read, parse = FORMATS[file_format]
    for number, record in read(path):
        if isinstance(record, LineProblem):
            yield number, record
            continue
        try:
            yield number, parse(record)
        except LineProblem as problem:
            yield number, problem


def preview(path: Path, file_format: str) -> Preview:
    """Parse the first PREVIEW_LINES lines without storing anything."""
    result = Preview()
    for number, parsed in islice(parsed_lines(path, file_format), PREVIEW_LINES):
        if isinstance(parsed, LineProblem):
            result.problems.append((number, parsed))
        else:
            result.dialogues.append(parsed)
    return result


def import_file(job: ImportJob) -> None:
    """Work of an ImportJob; continues at the line where an earlier attempt stopped. Raises JobError.

    An upload is removed when all of it is imported.
    """
    path = Path(job.path)
    if job.total is not None and job.done >= job.total:
        remove_upload(path)  # an earlier attempt died when all was done
        return
    if not path.is_file():
        raise JobError(f"The uploaded file {job.file_name} is no longer there; upload it again.")
    total = count_lines(path)
    job.set_total(total)
    dataset = _dataset(job)
    lines = _lines_after(job.done, parsed_lines(path, job.file_format))
    last_line = job.done
    while batch := list(islice(lines, BATCH)):
        _write(job, dataset, batch, last_line)
        last_line = batch[-1][0]
    job.advance(done=max(0, total - last_line))
    remove_upload(path)


def _dataset(job: ImportJob) -> Dataset:
    """The dataset with the job's name, created if it is missing. Raises JobError for one that takes no imports."""
    defaults = {"never_leaves": job.never_leaves, "created_by": job.created_by}
    dataset = Dataset.objects.get_or_create(name=job.dataset_name, defaults=defaults)[0]
    if not dataset.takes_imports:
        raise JobError(f"{dataset} is a dataset of the site itself and takes no imports: choose another name.")
    return dataset


def _lines_after(last: int, lines: Iterator[NumberedLine]) -> Iterator[NumberedLine]:
    return ((number, parsed) for number, parsed in lines if number > last)


def _write(job: ImportJob, dataset: Dataset, batch: list[NumberedLine], last_line: int) -> None:
    """Store one batch, its problems and the progress, all or nothing."""
    dialogues = [parsed for _, parsed in batch if isinstance(parsed, ParsedDialogue)]
    problems = [(number, problem) for number, problem in batch if isinstance(problem, LineProblem)]
    with transaction.atomic():
        stored = store_batch(dataset, dialogues, never_leaves=job.never_leaves)
        ImportProblem.objects.bulk_create(
            ImportProblem(job=job, line=number, field=problem.field[:100], expected=problem.expected[:300])
            for number, problem in problems
        )
        ImportJob.objects.filter(pk=job.pk).update(
            added=F("added") + stored.added,
            repeated=F("repeated") + stored.repeated,
            problem_count=F("problem_count") + len(problems),
        )
        job.advance(done=batch[-1][0] - last_line)
