"""The people of the site as an admin manages them; every act is audited, and none is possible on oneself."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core import sign_in_limits
from ecc_site.core.errors import ExpectedError
from ecc_site.core.models import Act, AuditEntry
from ecc_site.core.roles import role_label, set_role


class NotYourself(ExpectedError):
    """An admin who lost the role or the account could not get it back; so an active admin always remains."""


def add_person(user: User, role: str, *, by: User) -> None:
    """Store a new account with its role."""
    with transaction.atomic():
        user.save()
        set_role(user, role)
        AuditEntry.objects.record(Act.ADDED_PERSON, user, by=by, detail=role_label(user))


def change_role(user: User, role: str, *, by: User) -> None:
    """Give the person this role, "" for none, and no other. Raises NotYourself."""
    _refuse_oneself(user, by)
    with transaction.atomic():
        before = role_label(user)
        set_role(user, role)
        AuditEntry.objects.record(Act.CHANGED_ROLE, user, by=by, detail=f"{before} → {role_label(user)}")


def set_active(user: User, active: bool, *, by: User) -> None:
    """Let the person sign in, or keep them from it and end their sessions. Raises NotYourself."""
    _refuse_oneself(user, by)
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
            AuditEntry.objects.record(Act.ENABLED if active else Act.DISABLED, user, by=by)


def unlock(user: User, *, by: User) -> None:
    """Forget the person's failed attempts to sign in."""
    with transaction.atomic():
        if sign_in_limits.unlock(user.username):
            AuditEntry.objects.record(Act.UNLOCKED, user, by=by)


def _refuse_oneself(user: User, by: User) -> None:
    if user == by:
        raise NotYourself(_("You cannot disable yourself or change your own role; ask another admin."))
