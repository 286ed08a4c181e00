"""Requests that a program sends again because it has seen no answer: the work is done once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core.conflicts import again_after_conflict
from ecc_site.core.errors import ExpectedError
from ecc_site.core.models import StoredResponse


class OtherRequest(ExpectedError):
    """The key was sent before with another request."""


def once(user: User, key: uuid.UUID | None, digest: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` returns, or returned when the person sent this request with this key before. Raises OtherRequest.

    The work is done in a transaction; where it raises, nothing of it stays, and the key is free.
    """
    if key is None:
        with transaction.atomic():
            return work()
    return _once(user, key, digest, work)


@again_after_conflict
def _once(user: User, key: uuid.UUID, digest: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    StoredResponse.objects.expired().filter(user=user, key=key).delete()
    stored = StoredResponse.objects.filter(user=user, key=key).first()
    if stored is None:
        # Before the work: a second request with the key waits here for the end of this one.
        stored = StoredResponse.objects.create(user=user, key=key, digest=digest)
        stored.body = work()
        stored.save(update_fields=["body"])
    elif stored.digest != digest:
        raise OtherRequest(_("This idempotency key was sent before with another request. Make a new key."))
    return stored.body
