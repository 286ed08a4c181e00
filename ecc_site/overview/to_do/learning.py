"""What people said that the end model has not learned, and what it has learned that nobody has decided about."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues.models import Dataset, Split
from ecc_site.core.jobs import Job
from ecc_site.overview.candidate import waiting_candidate
from ecc_site.overview.to_do.item import ToDo, Urgency
from review.models import VerdictRevision
from serving.models import Version
from training.models import Label, Run

SHOWN = 5
LOOKED_AT = 10_000  # verdicts
TAUGHT = (Job.State.QUEUED, Job.State.RUNNING, Job.State.DONE)


def new_corrections() -> Iterator[ToDo]:
    """By dataset, train questions that people have corrected since its last run; only the newest verdicts are read."""
    new = _turns_corrected()
    datasets = Dataset.objects.in_bulk(sorted(new, key=lambda pk: -len(new[pk]))[:SHOWN])
    for pk, dataset in datasets.items():
        count = len(new[pk])
        text = ngettext("%(n)s new correction in %(dataset)s", "%(n)s new corrections in %(dataset)s", count)
        address = f"{reverse('dataset', args=[pk])}#teach"
        yield ToDo(Urgency.WAITS, text % {"n": f"{count:,}", "dataset": dataset}, address, _("Teach"))


def _turns_corrected() -> dict[int, set[int]]:
    """By dataset; what a manager has rejected is not among them."""
    newest = VerdictRevision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rejected = Label.objects.filter(revision=OuterRef("pk"), rejected=True)
    said = VerdictRevision.objects.filter(
        ~Exists(rejected),
        pk__gt=newest - LOOKED_AT,
        current_of__isnull=False,
        withdrawn=False,
        verdict__comparison__split=Split.TRAIN,
    ).exclude(correction="")
    runs = Run.objects.filter(state__in=TAUGHT).order_by().values_list("dataset_id").annotate(Max("created_at"))
    last_run = dict(runs)
    new: dict[int, set[int]] = {}
    for dataset, turn, at in said.values_list("verdict__round__dataset", "verdict__comparison__turn", "created_at"):
        if dataset not in last_run or at > last_run[dataset]:
            new.setdefault(dataset, set()).add(turn)
    return new


def candidate_to_decide() -> Iterator[ToDo]:
    candidate = waiting_candidate(Version.objects.champion())
    if candidate:
        text = _("%(version)s waits for a decision") % {"version": candidate.version}
        yield ToDo(Urgency.WAITS, text, reverse("training:version", args=[candidate.version.pk]))
