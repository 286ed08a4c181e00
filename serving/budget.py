"""The daily budget of cloud tokens: reserved before a call, settled after it, so that it is a hard stop."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecc_site.core.errors import ExpectedError
from serving.models import CloudDay

CHARACTERS_A_TOKEN = 1  # Chinese text; a guess that reserves too much is given back after the call


class BudgetSpent(ExpectedError):
    """Today's tokens are used up."""


def reserve(tokens: int) -> CloudDay:
    """Set tokens aside for one call. Raises BudgetSpent where fewer are left, and then sets nothing aside."""
    limit = settings.CLOUD_TOKENS_PER_DAY
    with transaction.atomic():
        day, _ = CloudDay.objects.get_or_create(day=timezone.localdate())
        room = CloudDay.objects.filter(pk=day.pk, tokens__lte=limit - tokens)
        if not room.update(tokens=F("tokens") + tokens, calls=F("calls") + 1):
            raise BudgetSpent(
                f"Today's budget of {limit:,} cloud tokens (CLOUD_TOKENS_PER_DAY) has no room for another call; "
                "what was answered is kept and the job can go on tomorrow."
            )
    return day


def settle(day: CloudDay, reserved: int, used: int) -> None:
    """Replace what was reserved by what was used."""
    CloudDay.objects.filter(pk=day.pk).update(tokens=F("tokens") - reserved + used)


def estimate(characters: int, max_new_tokens: int) -> int:
    return characters // CHARACTERS_A_TOKEN + max_new_tokens
