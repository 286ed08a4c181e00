"""The daily budget of cloud tokens: reserved before a call, settled after it, so that it is a hard stop.

What a provider reports is booked. Where it reports nothing, or dies over it, what was reserved stays booked, since
nobody knows better; what it refused or was too busy for costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecc_site.core.errors import ExpectedError
from serving.models import CloudDay
from serving.runtimes.protocol import CloudProblem, Reply

CHARACTERS_PER_TOKEN = 1  # of Chinese text; what is reserved too much is given back after the call


class BudgetSpent(ExpectedError):
    """Today's tokens are used up."""


def reserve(tokens: int) -> CloudDay:
    """Reserve tokens for one call. Raises BudgetSpent, and reserves nothing, where fewer are left."""
    limit = settings.CLOUD_TOKENS_PER_DAY
    with transaction.atomic():
        day, _ = CloudDay.objects.get_or_create(day=timezone.localdate())
        affordable = CloudDay.objects.filter(pk=day.pk, tokens__lte=limit - tokens)
        if not affordable.update(tokens=F("tokens") + tokens, calls=F("calls") + 1):
            raise BudgetSpent(
                f"Today's budget of {limit:,} cloud tokens (CLOUD_TOKENS_PER_DAY) has no room for another call; "
                "the replies so far are kept and the job can continue tomorrow."
            )
    return day


def settle(day: CloudDay, reserved: int, used: int) -> None:
    """Replace the reserved tokens by those that were used."""
    CloudDay.objects.filter(pk=day.pk).update(tokens=F("tokens") - reserved + used)


def estimate(characters: int, max_new_tokens: int) -> int:
    """Tokens of a prompt with so many characters and of its longest reply."""
    return characters // CHARACTERS_PER_TOKEN + max_new_tokens


@dataclass
class Booking:
    """One call's part of the budget: `reserved` for each attempt, and what the attempts used so far."""

    reserved: int = 0
    used: int = 0

    def spend(self, attempt: Callable[[], Reply]) -> Reply:
        """The reply of an attempt, whose cost is booked; where nobody can tell the cost it is all that was reserved."""
        before, self.used = self.used, self.used + self.reserved
        try:
            reply = attempt()
        except CloudProblem as problem:
            if problem.tokens is not None:
                self.used = before + problem.tokens
            raise
        self.used = before + (reply.tokens_in + reply.tokens_out or self.reserved)
        return reply


@contextmanager
def booking(characters: int, max_new_tokens: int) -> Iterator[Booking]:
    """Reserves for a call with a prompt of so many characters, and settles it. Raises BudgetSpent before the call."""
    reserved = estimate(characters, max_new_tokens)
    day = reserve(reserved)
    account = Booking(reserved)
    try:
        yield account
    finally:
        settle(day, reserved, account.used)
