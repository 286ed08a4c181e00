"""Marks on items about which people differ, so that no page has to compare all verdicts of a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import Q

from ecc_site.core.roles import ADMIN, MANAGER
from review.models import Round, RoundItem, Verdict

MANAGERS = Q(groups__name__in=[MANAGER, ADMIN]) | Q(is_superuser=True)


def mark_disputes(round_: Round, items: Collection[int]) -> None:
    """Bring the marks of these items up to date, in the transaction that has written verdicts about them.

    Two people may say different things at once, and neither sees the other's verdict; so the items are locked until the
    end of the transaction. In a round that wants one opinion an item nobody differs.
    """
    if round_.overlap == 1 or not items:
        return
    locked = RoundItem.objects.select_for_update(no_key=True).filter(pk__in=items).order_by("pk")
    rows = list(locked.only("disputed", "awaits_decision", "expected"))
    said: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in Verdict.objects.active().filter(item__in=items, current__propagated=False).select_related("current"):
        said[verdict.item_id].append(verdict)
    for item in rows:
        disputed = len({v.newest.preference for v in said[item.pk] if not v.adjudicates}) > 1
        awaits = disputed and not item.expected and not _is_settled(said[item.pk])
        if (disputed, awaits) != (item.disputed, item.awaits_decision):
            RoundItem.objects.filter(pk=item.pk).update(disputed=disputed, awaits_decision=awaits)


def _is_settled(said: list[Verdict]) -> bool:
    """Whether a manager has decided, or has said something as one of the annotators."""
    if any(verdict.adjudicates for verdict in said):
        return True
    return User.objects.filter(MANAGERS, pk__in=[verdict.annotator_id for verdict in said]).exists()
