"""The work of an EraseJob: one dialogue after another, each all or nothing, so a second run continues the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from dialogues.kept_out import keep_out
from dialogues.models import Dialogue, ImportJob, ReplacedDialogue
from dialogues.querysets import DialogueQuerySet
from dialogues.uploads import remove_old
from ecc_site.core.conflicts import again_after_conflict
from ecc_site.core.jobs import Cancelled
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import EraseJob
from ecc_site.privacy.footprint import Footprint
from ecc_site.privacy.retention import expired
from scoring.erasing import empty_cache
from training.erasing import clear_samples


def erase_dialogues(job: EraseJob) -> None:
    """Erase what the job names, then what cannot be told apart by dialogue; what is gone is audited, also if cancelled.

    Raises Cancelled and Superseded.
    """
    todo = targets_of(job)
    job.set_total(job.done + job.skipped + len(todo))
    with overwriting_what_is_deleted():
        try:
            for pk in todo:
                _erase(job, pk)
            _erase_what_names_nobody(job, job.check_in)
        except Cancelled:
            _erase_what_names_nobody(job, lambda: None)
            _audit(job)
            raise
        _remove_uploads(job)
        _remove_old_versions(job)
        _audit(job)


def targets_of(job: EraseJob) -> list[int]:
    """Ids of the dialogues that are still to be erased, in the order in which they are."""
    return list(_targets(job).values_list("pk", flat=True))


def copies_of(dialogues: DialogueQuerySet) -> DialogueQuerySet:
    """These dialogues and the same conversations in other datasets."""
    return Dialogue.objects.with_content(dialogues.values("content_hash")).order_by("pk")


def _targets(job: EraseJob) -> DialogueQuerySet:
    if job.dataset and job.older_than_days:
        return expired(job.dataset, job.older_than_days, keeps_used=job.keeps_used)
    return Dialogue.objects.filter(pk__in=job.dialogues).order_by("pk")


@again_after_conflict
def _erase(job: EraseJob, pk: int) -> None:
    dialogue = _targets(job).select_for_update(of=("self",)).filter(pk=pk).first()
    if dialogue is None:  # it has been erased or reviewed meanwhile
        job.advance(skipped=1)
        return
    footprint = Footprint.of(dialogue)
    earlier = ReplacedDialogue.objects.earlier_than(dialogue).values_list("content_hash", flat=True)
    hashes = {dialogue.content_hash, *earlier}
    learners = footprint.learners
    job.count(footprint.erase(job.created_by), learners)
    if job.dataset is None:  # by request, not by age
        keep_out(hashes)


def _erase_what_names_nobody(job: EraseJob, check: Callable[[], object]) -> None:
    """What may have the words of anybody, once something is gone. `check` ends it by raising."""
    if job.removed:
        clear_samples()
        empty_cache(check)


def _remove_uploads(job: EraseJob) -> None:
    """Files that wait to be imported, only where a person asked for it, who was told so before."""
    if job.removed and job.dataset is None:
        needed = set(ImportJob.objects.active().values_list("path", flat=True))
        job.count({"uploads": remove_old(needed, older_than_s=0)}, {}, dialogues=0)


def _remove_old_versions(job: EraseJob) -> None:
    """By age also what files have replaced that long ago, and what undoing them would bring back."""
    if job.dataset and job.older_than_days:
        old = ReplacedDialogue.objects.older_than(job.dataset, job.older_than_days)
        job.count({"replaced_dialogues": old.delete()[0]}, {}, dialogues=0)


def _audit(job: EraseJob) -> None:
    """Write down what this attempt has removed, whether or not it was the last one."""
    new = Counter(job.removed)
    new.subtract(job.audited)
    removed = {kind: count for kind, count in new.items() if count}
    if not removed:
        return
    with transaction.atomic():
        own = EraseJob.objects.filter(pk=job.pk, token=job.token)
        if own.update(audited=job.removed):
            counted = ", ".join(f"{kind} {count}" for kind, count in sorted(removed.items()))
            AuditEntry.objects.record(Act.ERASED, job, by=job.created_by, detail=f"{job.reason} · {counted}")
    job.audited = job.removed


@contextmanager
def overwriting_what_is_deleted() -> Iterator[None]:
    """On SQLite deleted words are overwritten with zeros in the file, and the log beside it is emptied at the end.

    PostgreSQL gives the space free when it vacuums.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
