"""The daily budget of cloud tokens: reserved before a call, settled after it, so that it is a hard stop."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecc_site.core.errors import ExpectedError
from serving.models import CloudDay

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
