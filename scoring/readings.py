"""Figures of the score page in a sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.figures.over_time import Change, Period, PeriodFigures

IN_TWO = {
    Period.DAY: gettext_lazy("%(version)s: %(now)s on %(day)s (n = %(n)s), %(before)s on %(earlier)s."),
    Period.WEEK: gettext_lazy(
        "%(version)s: %(now)s in the week from %(day)s (n = %(n)s), %(before)s in that from %(earlier)s."
    ),
    Period.MONTH: gettext_lazy(
        "%(version)s: %(now)s in the month from %(day)s (n = %(n)s), %(before)s in that from %(earlier)s."
    ),
}
DIRECTIONS = {
    1: gettext_lazy("That is better."),
    0: gettext_lazy("That is no clear change."),
    -1: gettext_lazy("That is worse."),
}


def reading_over_time(version: str, rows: Sequence[PeriodFigures], period: Period, *, in_percent: bool = False) -> str:
    """How a version did in its last period and in the one before it. Each row, at least one, has a known mean."""
    number = ".0%" if in_percent else ".2f"
    now = rows[-1]
    values = {"version": version, "now": f"{now.mean:{number}}", "day": now.begins, "n": f"{now.known:,}"}
    if len(rows) < 2:
        return _("%(version)s: %(now)s (n = %(n)s). A change shows with a second day.") % values
    change = Change(rows[-2], now)
    values |= {"before": f"{change.before.mean:{number}}", "earlier": change.before.begins}
    return f"{IN_TWO[period] % values} {DIRECTIONS[change.direction]}"
