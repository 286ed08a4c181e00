"""Takes over verdicts that came with imported answers: as rounds that are worked off, in the name of who takes over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset, GivenVerdict
from ecc_site.core.jobs import JobError
from review.desk.verdict_input import VerdictInput
from review.desk.verdicts import record
from review.models import Assignment, Round, RoundItem, TakeOverJob
from serving.models import Version

BATCH = 50
KEYS = uuid.UUID("6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7a10")  # makes the key of a verdict that is taken over


def waiting(dataset: Dataset) -> int:
    """How many verdicts came with its files and are not taken over yet."""
    return GivenVerdict.objects.filter(dataset=dataset, taken_over=False).count()


def take_over(job: TakeOverJob) -> None:
    """Work of a TakeOverJob; each verdict is recorded once. Raises JobError."""
    if job.created_by is None:
        raise JobError(_("The account that asked for it is gone; start it again."))
    job.set_total(job.done + job.skipped + waiting(job.dataset))
    rows = GivenVerdict.objects.filter(dataset=job.dataset, taken_over=False).order_by("pk")
    while batch := list(rows.select_related("turn__dialogue")[:BATCH]):
        with transaction.atomic():
            found = _comparisons(batch)
            for given in batch:
                if given.turn_id in found:
                    _record(given, found[given.turn_id], job.created_by)
            GivenVerdict.objects.filter(pk__in=[given.pk for given in batch]).update(taken_over=True)
            job.advance(done=len(found), skipped=len(batch) - len(found))


def _comparisons(batch: Iterable[GivenVerdict]) -> dict[int, Comparison]:
    """By turn the comparison of the answers that came with it: with the cloud answer, or the human agent's reply."""
    compared = Comparison.objects.with_answers().filter(
        turn__in=[given.turn_id for given in batch], version=Version.objects.of_imports("end")
    )
    return {comparison.turn_id: comparison for comparison in compared.order_by("-kind", "-pk")}


def _record(given: GivenVerdict, comparison: Comparison, by: User) -> None:
    item = _item(given, comparison, by)
    said = VerdictInput(uuid.uuid5(KEYS, str(given.pk)), given.preference, given.correction, note=given.by)
    record(by, item, said)


def _item(given: GivenVerdict, comparison: Comparison, by: User) -> RoundItem:
    """Its place in the round of verdicts that were taken over with this kind of reference and purpose."""
    purpose = Round.Purpose.MEASURE if comparison.split == "test" else Round.Purpose.TEACH
    round_, _is_new = Round.objects.get_or_create(
        dataset=given.turn.dialogue.dataset,
        kind=comparison.kind,
        purpose=purpose,
        came_with_files=True,
        defaults={"name": _("verdicts that came with the files"), "created_by": by},
    )
    item, is_new = RoundItem.objects.get_or_create(
        round=round_,
        comparison=comparison,
        defaults={
            "dialogue_id": given.turn.dialogue_id,
            "position": given.turn.position,
            "stratum": RoundItem.Stratum.RANDOM,
        },
    )
    if is_new:
        counted = {"item_count": F("item_count") + 1, "wanted_count": F("wanted_count") + 1}
        place = {"round": round_, "dialogue_id": item.dialogue_id, "n": 1}
        _assignment, is_first = Assignment.objects.get_or_create(**place, defaults={"priority": item.dialogue_id})
        counted |= {"dialogue_count": F("dialogue_count") + int(is_first)}
        Round.objects.filter(pk=round_.pk).update(**counted)
    return item
