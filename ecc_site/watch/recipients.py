"""Where alerts are told: adding, switching, removing; each is audited, and no secret is ever written down there."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import Recipient

MOST = 20  # each is told of every alert


def add(recipient: Recipient, *, by: User) -> None:
    with transaction.atomic():
        recipient.created_by = by
        recipient.save()
        _record(recipient, _("added"), by)


def switch(recipient: Recipient, active: bool, *, by: User) -> None:
    with transaction.atomic():
        if Recipient.objects.filter(pk=recipient.pk, active=not active).update(active=active):
            _record(recipient, _("on") if active else _("off"), by)


def remove(recipient: Recipient, *, by: User) -> None:
    """With the messages that wait for it."""
    with transaction.atomic():
        _record(recipient, _("removed"), by)
        recipient.delete()


def _record(recipient: Recipient, what: str, by: User) -> None:
    AuditEntry.objects.record(Act.CHANGED_RECIPIENT, recipient, by=by, detail=what)
