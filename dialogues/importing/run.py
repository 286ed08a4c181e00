"""The import of one file: dialogue by dialogue, stored in batches, with everything that was refused recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dialogues.importing.cleaning import DUPLICATE_STEP
from dialogues.importing.preparing import Batch, Place
from dialogues.importing.problems import BadFile
from dialogues.importing.readers import batches
from dialogues.importing.records import ParsedDialogue
from dialogues.importing.refused import Refused
from dialogues.importing.report import ImportReport
from dialogues.importing.store import Stored, store_batch
from dialogues.models import Answer, Dataset, Dialogue, ImportJob, ImportProblem, ProblemLine, Turn
from dialogues.uploads import remove_upload
from ecc_site.core.bulk import refresh_statistics
from ecc_site.core.jobs import JobError

MOST_PROBLEMS = 200  # different ones; what comes then is counted as “other”


def import_file(job: ImportJob) -> None:
    """Work of an ImportJob; goes on where an earlier attempt stopped. Raises JobError.

    An upload is removed when all of it is imported.
    """
    if job.total is not None and job.done >= job.total:
        remove_upload(Path(job.path))  # an earlier attempt died when all was done
        return
    if not Path(job.path).is_file():
        raise JobError(_("The uploaded file %(file)s is no longer there; upload it again.") % {"file": job.file_name})
    report = ImportReport(job.report)
    refuse_builtin(job.dataset)
    try:
        with closing(batches(job.task, job.done)) as read:
            for batch in read:
                write_batch(job, batch, report)
                job.set_total(max(job.done + 1, round(job.done / batch.share)))
    except BadFile as error:
        raise JobError(_with_what_is_kept(job, error)) from error
    _refuse_nothing(job)
    refresh_statistics(Dialogue, Turn, Answer)
    job.set_total(job.done)
    if report.erased:  # somebody had customers erased meanwhile, whose names may have roles
        ImportJob.objects.filter(pk=job.pk).update(roles={})
    remove_upload(Path(job.path))


def _with_what_is_kept(job: ImportJob, error: BadFile) -> str:
    if not job.done:
        return str(error)
    job.refresh_from_db(fields=["added"])
    return f"{error} " + _("The %(count)s dialogues that were read before this are kept.") % {"count": job.added}


def _refuse_nothing(job: ImportJob) -> None:
    """Raise JobError if nothing of the file came in, nor was there before."""
    job.refresh_from_db(fields=["added", "repeated"])
    if job.added or job.repeated:
        return
    problem = job.problems.first()
    if not problem:
        raise JobError(_("There are no dialogues in the file."))
    sentence = _("None of the %(count)s records of the file could be used. Most often: %(problem)s.")
    raise JobError(sentence % {"count": job.done, "problem": problem})


def refuse_builtin(dataset: Dataset | None) -> None:
    """Raise JobError for a dataset that takes no imports."""
    if dataset and not dataset.takes_imports:
        sentence = _("%(name)s is a dataset of the site itself and takes no imports: choose another name.")
        raise JobError(sentence % {"name": dataset})


def write_batch(job: ImportJob, batch: Batch, report: ImportReport) -> Stored:
    """Store one batch, its problems, the report and the progress, all or nothing."""
    places = {id(dialogue): place for place, dialogue in batch.dialogues}
    with transaction.atomic():
        now = ImportJob.objects.select_for_update().values_list("report", "dataset_name")
        stored_report, job.dataset_name = now.get(pk=job.pk)  # the dataset may have another name by now
        report.forget_like(stored_report)
        stored = _store(job, [dialogue for _place, dialogue in batch.dialogues])
        left_out = [(near, "near_duplicate") for near in stored.near] + [(gone, "erased") for gone in stored.erased]
        refused = [*batch.refused, *((places[id(dialogue)], Refused(kind)) for dialogue, kind in left_out)]
        _record_problems(job, [*refused, *((places[id(d)], Refused("same_id")) for d in stored.same_id)])
        if stored.erased:
            batch.report.forget_words()
        report.add(batch.report, stored.new)
        ImportJob.objects.filter(pk=job.pk).update(
            added=F("added") + len(stored.new),
            repeated=F("repeated") + stored.repeated,
            replaced=F("replaced") + stored.replaced,
            problem_count=F("problem_count") + len(refused),
            report=report.as_json(),
        )
        job.advance(done=batch.count)
    return stored


def _store(job: ImportJob, dialogues: list[ParsedDialogue]) -> Stored:
    """Store the dialogues in the dataset with the job's name, which is created with the first of them."""
    if not dialogues:
        return Stored([], 0)
    defaults = {"never_leaves": job.never_leaves, "created_by": job.created_by}
    dataset, is_new = Dataset.objects.get_or_create(name=job.dataset_name, defaults=defaults)
    near = DUPLICATE_STEP in job.steps
    stored = store_batch(dataset, dialogues, never_leaves=job.never_leaves, job=job, near=near)
    if is_new and not stored.new:
        dataset.delete()
    return stored


def _record_problems(job: ImportJob, problems: Iterable[tuple[Place, Refused]]) -> None:
    """Count equal problems together, and keep the line of each."""
    equal: dict[tuple[str, str, str], list[tuple[Place, Refused]]] = defaultdict(list)
    for place, refused in problems:
        equal[refused.kind, refused.general_field, repr(refused.values)].append((place, refused))
    for alike in equal.values():
        problem = _problem(job, alike[0][1])
        ImportProblem.objects.filter(pk=problem.pk).update(count=F("count") + len(alike))
        ProblemLine.objects.bulk_create(
            ProblemLine(problem=problem, place=place[:300], line=line) for (place, line), _refused in alike
        )


def _problem(job: ImportJob, refused: Refused) -> ImportProblem:
    key = {"kind": refused.kind, "field": refused.general_field[:100], "values": refused.values}
    if found := job.problems.filter(**key).first():
        return found
    if job.problems.count() >= MOST_PROBLEMS:
        return job.problems.get_or_create(kind="other", field="", values={})[0]
    return job.problems.create(**key)
