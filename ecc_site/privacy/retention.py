"""How long the dialogues of a dataset are kept, and the jobs that erase what is older."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.models import Dataset, Dialogue
from dialogues.querysets import DialogueQuerySet
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import EraseJob
from review.models import Verdict
from training.models import Label, LearnedTurn

BETWEEN_RUNS = timedelta(hours=20)  # once a day, whatever the minute at which it is looked
MOST_COUNTED = 10_000


def expired(dataset: Dataset, days: int, *, keeps_used: bool) -> DialogueQuerySet:
    """Dialogues of the dataset that are older, the oldest first; with `keeps_used` none that people used."""
    old = Dialogue.objects.filter(dataset=dataset).older_than(days)
    return without_used(old) if keeps_used else old


def without_used(dialogues: DialogueQuerySet) -> DialogueQuerySet:
    """Those that nobody has reviewed or labelled and that no run has learned from."""
    return dialogues.filter(
        ~Exists(Verdict.objects.filter(item__dialogue=OuterRef("pk"))),
        ~Exists(Label.objects.filter(turn__dialogue=OuterRef("pk"), source=Label.Source.PERSON)),
        ~Exists(LearnedTurn.objects.filter(dialogue_id=OuterRef("pk"))),
    )


def how_many_now(dataset: Dataset, days: int, *, keeps_used: bool) -> int:
    """How many would be erased today; MOST_COUNTED + 1 where more are that old, whether or not they are used."""
    old = Dialogue.objects.filter(dataset=dataset).older_than(days)
    count = len(old.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    return expired(dataset, days, keeps_used=True).count() if keeps_used and count <= MOST_COUNTED else count


def keep_for(dataset: Dataset, days: int | None, *, keeps_used: bool, by: Any) -> None:
    """Set how long its dialogues are kept, None for ever; it is audited."""
    with transaction.atomic():
        values = {"retention_days": days, "retention_keeps_used": keeps_used}
        Dataset.objects.filter(pk=dataset.pk).update(**values)
        kept = _("%(days)s days") % {"days": days} if days else _("for ever")
        if days:
            kept += " · " + (_("reviewed or learned ones stay") if keeps_used else _("also reviewed or learned ones"))
        AuditEntry.objects.record(Act.CHANGED_RETENTION, dataset, by=by, detail=kept)


def start_due() -> list[EraseJob]:
    """A job for each dataset that has dialogues which are too old, where none was started lately."""
    recent = EraseJob.objects.filter(dataset=OuterRef("pk"), created_at__gt=timezone.now() - BETWEEN_RUNS)
    datasets = Dataset.objects.filter(~Exists(recent), retention_days__isnull=False)
    return [job for dataset in datasets if (job := start(dataset))]


def start(dataset: Dataset, by: Any = None) -> EraseJob | None:
    """A job for what is too old now; None where nothing is, or such a job is active."""
    days, keeps_used = dataset.retention_days, dataset.retention_keeps_used
    if not days or not expired(dataset, days, keeps_used=keeps_used).exists():
        return None
    values = {"dataset": dataset, "older_than_days": days, "keeps_used": keeps_used}
    return EraseJob.objects.enqueue_once(created_by=by, reason=_("older than %(days)s days") % {"days": days}, **values)
