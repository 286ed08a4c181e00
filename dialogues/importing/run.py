"""The import of one file: streamed, in batches, with every bad line noted."""

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
from ecc_site.core.jobs import JobError
from ecc_site.core.jsonl import LineProblem, count_lines

PREVIEW_LINES = 200


@dataclass
class Preview:
    """The first lines of a file as they would be imported."""

    dialogues: list[ParsedDialogue] = field(default_factory=list)
    problems: list[tuple[int, LineProblem]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return len(self.dialogues) + len(self.problems)


def parsed_lines(path: Path, file_format: str) -> Iterator[tuple[int, ParsedDialogue | LineProblem]]:
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
    seen = Preview()
    for number, parsed in islice(parsed_lines(path, file_format), PREVIEW_LINES):
        if isinstance(parsed, LineProblem):
            seen.problems.append((number, parsed))
        else:
            seen.dialogues.append(parsed)
    return seen


def import_file(job: ImportJob) -> None:
    """Work of an ImportJob, which goes on at the line where an earlier attempt stopped. Raises JobError."""
    path = Path(job.path)
    if not path.is_file():
        raise JobError(f"The uploaded file {job.file_name} is no longer there; upload it again.")
    total = count_lines(path)
    job.set_total(total)
    dataset = _dataset(job)
    lines = _from_line(parsed_lines(path, job.file_format), job.done)
    last_line = job.done
    while batch := list(islice(lines, BATCH)):
        _write(job, dataset, batch, last_line)
        last_line = batch[-1][0]
    job.advance(done=max(0, total - last_line))


def _dataset(job: ImportJob) -> Dataset:
    """The dataset of the job's name, made where there is none. Raises JobError for one of the site's own."""
    defaults = {"never_leaves": job.never_leaves, "created_by": job.created_by}
    dataset = Dataset.objects.get_or_create(name=job.dataset_name, defaults=defaults)[0]
    if not dataset.takes_imports:
        raise JobError(f"{dataset} is a dataset of the site itself and takes no imports: choose another name.")
    return dataset


def _from_line(lines: Iterator, done: int) -> Iterator:
    return (numbered for numbered in lines if numbered[0] > done)


def _write(job: ImportJob, dataset: Dataset, batch: list, last_line: int) -> None:
    """One batch, its problems and the progress: together or not at all."""
    good = [parsed for _, parsed in batch if isinstance(parsed, ParsedDialogue)]
    bad = [(number, problem) for number, problem in batch if isinstance(problem, LineProblem)]
    with transaction.atomic():
        stored = store_batch(dataset, good)
        ImportProblem.objects.bulk_create(
            ImportProblem(job=job, line=number, field=problem.field[:100], expected=problem.expected[:300])
            for number, problem in bad
        )
        ImportJob.objects.filter(pk=job.pk).update(
            added=F("added") + stored.added,
            repeated=F("repeated") + stored.repeated,
            problem_count=F("problem_count") + len(bad),
        )
        job.advance(done=batch[-1][0] - last_line)
