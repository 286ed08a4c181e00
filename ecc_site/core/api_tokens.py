"""Tokens of the REST API: what each scope lets a program do, and how a person makes and revokes them."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecc_site.core.models import Act, ApiToken, AuditEntry
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role

SCOPES = {
    "dialogues:read": (MANAGER, _("read datasets and dialogues")),
    "dialogues:write": (MANAGER, _("add dialogues")),
    "answers:read": (MANAGER, _("read answers")),
    "answers:write": (MANAGER, _("add answers")),
    "scores:read": (MANAGER, _("read scores")),
    "verdicts:read": (ANNOTATOR, _("read rounds and verdicts; an annotator their own")),
    "verdicts:write": (ANNOTATOR, _("take items of rounds and give verdicts")),
}
"""By scope the least role that a person needs for it, as on the pages, and what it lets a program do."""


def scopes_of(user: User) -> dict[str, str]:
    """The scopes that the person's role allows, with their labels."""
    return {scope: str(label) for scope, (role, label) in SCOPES.items() if has_role(user, role)}


def make_token(user: User, name: str, scopes: list[str], expires_at: datetime | None) -> tuple[ApiToken, str]:
    """A new token of the person's own, and the secret to be shown once."""
    with transaction.atomic():
        token, secret = ApiToken.objects.make(user, name, scopes, expires_at)
        AuditEntry.objects.record(Act.MADE_TOKEN, token, by=user, detail=", ".join(scopes))
    return token, secret


def revoke_token(token: ApiToken, *, by: User) -> None:
    """From now on it is refused; revoking it again changes nothing."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            AuditEntry.objects.record(Act.REVOKED_TOKEN, token, by=by, detail=token.user.get_username())


def revoke_tokens_of(user: User, *, by: User) -> int:
    """Revoke all that a person has; returns how many there were."""
    tokens = list(ApiToken.objects.filter(user=user, revoked_at=None))
    for token in tokens:
        revoke_token(token, by=by)
    return len(tokens)
