"""The daily budget of cloud tokens: reserved before a call, settled after it, so that it is a hard stop.

What a provider reports is booked. Where it reports nothing, or dies over it, what was reserved stays booked, since
nobody knows better; what it refused or was too busy for costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    with transaction.atomic():
        day, _ = CloudDay.objects.get_or_create(day=timezone.localdate())
        reserve_more(day, tokens, calls=1)
    return day


def reserve_more(day: CloudDay, tokens: int, calls: int = 0) -> None:
    """The same for another attempt of a call."""
    limit = settings.CLOUD_TOKENS_PER_DAY
    affordable = CloudDay.objects.filter(pk=day.pk, tokens__lte=limit - tokens)
    if not affordable.update(tokens=F("tokens") + tokens, calls=F("calls") + calls):
        raise BudgetSpent(
            f"Today's budget of {limit:,} cloud tokens (CLOUD_TOKENS_PER_DAY) has no room for another call; "
            "the replies so far are kept and the job can continue tomorrow."
        )


def settle(day: CloudDay, reserved: int, used: int) -> None:
    """Replace the reserved tokens by those that were used."""
    CloudDay.objects.filter(pk=day.pk).update(tokens=F("tokens") - reserved + used)


def estimate(characters: int, max_new_tokens: int) -> int:
    """Tokens of a prompt with so many characters and of its longest reply."""
    return characters // CHARACTERS_PER_TOKEN + max_new_tokens


class NoBooking:
    """For a call that asks nobody outside the shop."""

    def spend(self, attempt: Callable[[], Reply]) -> Reply:
        return attempt()


class Booking(NoBooking):
    """One call's part of the budget: `tokens` are reserved for each of its attempts before it is made."""

    def __init__(self, tokens: int):
        self.tokens, self.day = tokens, reserve(tokens)
        self.reserved, self.used, self.attempts = tokens, 0, 0

    def spend(self, attempt: Callable[[], Reply]) -> Reply:
        """The reply of an attempt, whose cost is booked; where nobody can tell the cost it is all that was reserved.

        Raises BudgetSpent where another attempt is more than is left.
        """
        if self.attempts:
            reserve_more(self.day, self.tokens)
            self.reserved += self.tokens
        self.attempts += 1
        before, self.used = self.used, self.used + self.tokens
        try:
            reply = attempt()
        except CloudProblem as problem:
            if problem.tokens is not None:
                self.used = before + problem.tokens
            raise
        self.used = before + (reply.tokens_in + reply.tokens_out or self.tokens)
        return reply


@contextmanager
def booking(characters: int, max_new_tokens: int) -> Iterator[Booking]:
    """Reserves for a call with a prompt of so many characters, and settles it. Raises BudgetSpent before the call."""
    account = Booking(estimate(characters, max_new_tokens))
    try:
        yield account
    finally:
        settle(account.day, account.reserved, account.used)
