"""Numbers as people read them; an unknown number is a dash, never 0."""

import math

from django import template
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecc_site.core.signs import with_minus

register = template.Library()
UNKNOWN = "–"


@register.filter
def score(value: float | None) -> str:
    """A score in [0, 1] with two decimals."""
    return UNKNOWN if value is None or math.isnan(value) else with_minus(f"{value:.2f}")


@register.filter
def signed(value: float | None) -> str:
    """A difference of scores with its sign."""
    return UNKNOWN if value is None or math.isnan(value) else with_minus(f"{round(value, 3) + 0.0:+.3f}")


@register.filter
def p_value(p: float | None) -> str:
    """A probability with three decimals and its sign of equality, “= 0.034”; it is never 0."""
    if p is None:
        return f"= {UNKNOWN}"
    return f"= {p:.3f}" if p >= 0.001 else "< 0.001"


@register.filter
def cell(value: str | float | None) -> str:
    """What a table of a figure holds: a text, a count, or a number with decimals."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    return with_minus(f"{value:.3f}" if isinstance(value, float) else f"{value:,}")


@register.filter
def percent(share: float | None) -> str:
    """A share in [0, 1] as a whole percentage."""
    return UNKNOWN if share is None else f"{share:.0%}"


@register.filter
def times_100(share: float | None) -> float:
    """A share in [0, 1] as the width of a bar in percent, 0 if it is unknown."""
    return 0 if share is None else round(100 * share, 1)


@register.filter
def rate(per_second: float | None) -> str:
    """A number per second; below ten with one decimal, below a tenth with one digit that is not 0."""
    if per_second is None:
        return UNKNOWN
    if 0 < per_second < 0.1:
        return f"{per_second:.1g}"
    return f"{per_second:.1f}" if per_second < 10 else f"{per_second:,.0f}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds, minutes from a minute and a half on, or hours from an hour and a half on."""
    if seconds is None:
        return UNKNOWN
    seconds = round(seconds)
    if seconds < 90:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 5400:
        return _("%(n)s min") % {"n": round(seconds / 60)}
    return _("%(n)s h") % {"n": round(seconds / 3600, 1)}


@register.filter
def at(by_key: dict | None, key: object) -> object:
    """The value of a dictionary, None where it has none."""
    return (by_key or {}).get(key)


@register.filter
def of_turn(rows_by_turn: dict[int, list], turn: Model) -> list:
    """The rows that belong to a turn, from a dictionary by turn id."""
    return rows_by_turn.get(turn.pk, [])
