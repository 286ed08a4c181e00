"""What a manager does with a round that is there: edit, close and reopen, delete while it is empty."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from ecc_site.core.bulk import delete_rows
from ecc_site.core.errors import ExpectedError
from ecc_site.core.models import Act, AuditEntry
from review.models import Assignment, Guideline, Round, RoundItem, Verdict


class NotEmpty(ExpectedError):
    """The round has verdicts."""


@transaction.atomic
def save_changes(round_: Round, annotators: list[User], by: User) -> None:
    """Store what a form has changed; another guideline is a new version of it."""
    before = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.guideline != before.guideline:
        round_.guideline_version = before.guideline_version + 1
        if before.guideline and not before.guidelines.exists():
            Guideline.objects.create(round=before, version=before.guideline_version, text=before.guideline)
        Guideline.objects.create(round=round_, version=round_.guideline_version, text=round_.guideline, author=by)
    changed = ("name", "deadline", "closes_at_deadline", "guideline", "guideline_version", "signals", "error_tags")
    round_.save(update_fields=[*changed, "teach_preferred", "teach_ties"])
    round_.annotators.set(annotators)


def set_open(round_: Round, is_open: bool, by: User | None) -> None:
    """Close it or open it again; twice is once. One that is opened after its deadline is not closed by that again."""
    changes = {"is_open": is_open}
    if is_open and round_.days_left is not None and round_.days_left < 0:
        changes["closes_at_deadline"] = False
    if Round.objects.filter(pk=round_.pk, is_open=not is_open).update(**changes):
        act = Act.OPENED_ROUND if is_open else Act.CLOSED_ROUND
        AuditEntry.objects.record(act, round_, by=by, detail=str(round_.dataset))


@transaction.atomic
def delete(round_: Round, by: User) -> None:
    """Remove a round that has no verdict, not even a withdrawn one. Raises NotEmpty."""
    if Verdict.objects.filter(round=round_).exists():
        raise NotEmpty(_("This round has verdicts and cannot be deleted; close it instead."))
    AuditEntry.objects.record(Act.DELETED_ROUND, round_, by=by, detail=str(round_.dataset))
    for model in (Assignment, RoundItem):
        delete_rows(model, "round_id", round_.pk)
    try:
        round_.delete()
    except ProtectedError as error:
        raise NotEmpty(_("This round is in use and cannot be deleted; close it instead.")) from error
