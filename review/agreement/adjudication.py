"""Where annotators disagree, and a manager's decision between them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db.models import QuerySet

from review.desk.verdict_input import VerdictInput
from review.desk.verdicts import decide
from review.models import Round, RoundItem, Verdict


@dataclass
class Dispute:
    """An item about which people differ: what they said, the earliest first, and the newest decision."""

    item: RoundItem
    verdicts: list[Verdict] = field(default_factory=list)
    decision: Verdict | None = None
    typed: str = ""  # a corrected reply that was not saved
    key: uuid.UUID = field(default_factory=uuid.uuid4)  # of the request that decides it from this page

    @property
    def correction(self) -> str:
        """What the text field starts with."""
        decided = self.decision.current if self.decision else None
        return self.typed or (decided.correction if decided else "")


def adjudicate(item: RoundItem, manager: User, preference: str, correction: str, key: uuid.UUID) -> Verdict:
    """Record the manager's verdict as deciding; the same key again changes nothing. Raises NotSaved."""
    return decide(manager, item, VerdictInput(key, preference, correction))


def disagreements(round_: Round) -> QuerySet[RoundItem]:
    """The items whose independent verdicts differ, in the order of their ids, in which they are paged."""
    return RoundItem.objects.filter(round=round_, disputed=True).order_by("pk")


def adjudication_queue(round_: Round) -> QuerySet[RoundItem]:
    """The disagreements that wait for a manager: none has said anything about the item, and nothing is decided.

    Gold items are decided from the start.
    """
    return RoundItem.objects.filter(round=round_, awaits_decision=True).order_by("pk")


def disputes_of(items: Iterable[RoundItem]) -> list[Dispute]:
    """The items with their verdicts, in one query."""
    found = {item.pk: Dispute(item) for item in items}
    verdicts = Verdict.objects.active().filter(item__in=found, current__propagated=False)
    for verdict in verdicts.select_related("annotator", "current").order_by("current_id"):
        dispute = found[verdict.item_id]
        if verdict.adjudicates:
            dispute.decision = verdict
        else:
            dispute.verdicts.append(verdict)
    return list(found.values())
