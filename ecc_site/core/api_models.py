"""What the REST API keeps: the tokens that people make for their programs, and the responses to requests with a key."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

MARK = "ecc_"  # how every token begins, so that one that leaked is recognised
SHOWN = 12  # characters of a token that its list shows
USE_NOTED = timedelta(minutes=5)  # no more often: reading shall not write to the database each time
KEPT = timedelta(hours=24)  # a response, for requests that are sent again


def digest_of(secret: str) -> str:
    """SHA-256; a slow hash is for what people choose, and a token has 256 bits of chance."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        """Neither revoked nor expired, and of a person who may sign in."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, user__is_active=True)

    def of_secret(self, secret: str) -> ApiToken | None:
        """The usable token that a program has sent, with its person."""
        return self.usable().filter(digest=digest_of(secret)).select_related("user").first()

    def make(self, user: User, name: str, scopes: list[str], expires_at: datetime | None) -> tuple[ApiToken, str]:
        """A new token, and the secret that is shown once and stored nowhere."""
        secret = MARK + secrets.token_urlsafe(32)
        values = {"name": name, "scopes": scopes, "expires_at": expires_at}
        return self.create(user=user, digest=digest_of(secret), shown=secret[:SHOWN], **values), secret


class ApiToken(models.Model):
    """It lets a program act for its person: as far as their role goes, and its own scopes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    shown = models.CharField(max_length=SHOWN, help_text="how it begins")
    scopes = models.JSONField(default=list, help_text="keys of SCOPES")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="empty: never")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def note_use(self) -> None:
        """Remember roughly when it was used last."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - USE_NOTED:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)


class StoredResponseQuerySet(models.QuerySet["StoredResponse"]):
    def expired(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT)


class StoredResponse(models.Model):
    """What a request with an idempotency key was answered; the same request gets it again for a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    digest = models.CharField(max_length=64, help_text="keyed hash of the request")
    body = models.JSONField(default=dict, help_text="ids and states, never what somebody said")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = StoredResponseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="response_once_a_key")]

    def __str__(self) -> str:
        return str(self.key)

    @staticmethod
    def digest_of(path: str, content: bytes) -> str:
        """Keyed, since it could else be compared with hashes of what customers are known to have said."""
        return salted_hmac("ecc_site.core.StoredResponse", path.encode() + b"\n" + content).hexdigest()
