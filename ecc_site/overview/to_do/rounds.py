"""Review that is not finished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecc_site.overview.to_do.item import MOST, ToDo, Urgency, at_most
from review.models import Round, RoundItem

SHOWN = 5  # the others are behind the link of the last


def unfinished_rounds() -> Iterator[ToDo]:
    """Open ones with verdicts left, the most urgent first."""
    left = Round.objects.open().filter(verdict_count__lt=F("wanted_count")).urgent_first()
    rounds = list(left[: SHOWN + 1])
    for round_ in rounds[:SHOWN]:
        count = round_.wanted_count - round_.verdict_count
        text = ngettext("%(n)s verdict left in %(round)s", "%(n)s verdicts left in %(round)s", count)
        urgency = Urgency.DUE if round_.is_near else Urgency.OPEN
        address = reverse("round", args=[round_.pk])
        yield ToDo(urgency, text % {"n": f"{count:,}", "round": round_}, address, _deadline(round_))
    if len(rounds) > SHOWN:
        yield ToDo(Urgency.OPEN, _("more rounds with verdicts left"), reverse("review:queue"))


def disagreements() -> Iterator[ToDo]:
    """By round, those that no manager has decided."""
    waiting = RoundItem.objects.filter(awaits_decision=True).order_by("round_id").values_list("round_id", flat=True)
    counts = Counter(waiting[: MOST + 1])
    rounds = Round.objects.in_bulk([pk for pk, _n in counts.most_common(SHOWN)])
    for pk, round_ in rounds.items():
        text = ngettext(
            "%(n)s disagreement to decide in %(round)s", "%(n)s disagreements to decide in %(round)s", counts[pk]
        )
        address = reverse("review:disagreements", args=[pk])
        yield ToDo(Urgency.WAITS, text % {"n": at_most(counts[pk]), "round": round_}, address)


def _deadline(round_: Round) -> str:
    left = round_.days_left
    if left is None:
        return ""
    if left > 0:
        return ngettext("%(left)s day left", "%(left)s days left", left) % {"left": left}
    if left == 0:
        return _("last day today")
    return ngettext("%(over)s day overdue", "%(over)s days overdue", -left) % {"over": -left}
