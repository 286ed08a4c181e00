"""Takes back what an import has brought, and puts back what it had replaced."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.importing.replacing import restored
from dialogues.importing.store import store_batch
from dialogues.models import Dataset, ImportJob, ReplacedDialogue, UndoJob
from dialogues.removing import remove
from ecc_site.core.jobs import JobError
from ecc_site.core.models import Act, AuditEntry

BATCH = 200


def undo_import(job: UndoJob) -> None:
    """Work of an UndoJob. Raises JobError where something is in use; what was removed before then stays so."""
    undone = job.import_job
    job.set_total(job.done + undone.dialogues.count())
    if job.done == 0 and undone.dialogues.in_use().exists():
        raise JobError(_("Some of its dialogues are reviewed or learned from by now, so the import cannot be undone."))
    dataset = _dataset(undone)
    while dataset and (batch := list(undone.dialogues.values_list("pk", flat=True)[:BATCH])):
        with transaction.atomic():
            if undone.dialogues.filter(pk__in=batch).in_use().exists():
                raise JobError(_("Somebody has begun to review its dialogues meanwhile; the rest of them stays."))
            ids = set(undone.dialogues.filter(pk__in=batch).values_list("source_id", flat=True))
            remove(dataset, batch)
            there = undone.dialogues.values("content_hash")  # with these words the import has one yet, which goes later
            _put_back(undone.replaced_dialogues.filter(source_id__in=ids).exclude(content_hash__in=there), dataset)
            job.advance(done=len(batch))
    while dataset and undone.replaced_dialogues.exists():  # in place of what is gone otherwise
        _put_back(undone.replaced_dialogues.order_by("pk")[:BATCH], dataset)
    with transaction.atomic():
        if ImportJob.objects.filter(pk=undone.pk, undone_at=None).update(undone_at=timezone.now()):
            target = dataset or undone.dataset_name
            AuditEntry.objects.record(Act.UNDID_IMPORT, target, by=job.created_by, detail=undone.file_name)


def _dataset(undone: ImportJob) -> Dataset | None:
    """Where its dialogues are, whatever the name of that dataset is by now."""
    first = undone.dialogues.select_related("dataset").first()
    return first.dataset if first else undone.dataset


@transaction.atomic
def _put_back(replaced: Iterable[ReplacedDialogue], dataset: Dataset) -> None:
    rows = list(replaced)
    store_batch(dataset, [restored(row.record) for row in rows])
    ReplacedDialogue.objects.filter(pk__in=[row.pk for row in rows]).delete()
