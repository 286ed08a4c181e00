"""The fitted values with sentences, and whether they are worth taking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecc_site.core.charts import as_json
from review.calibration.estimating.fit import Fit
from review.calibration.pages import charts, readings
from review.calibration.source import Source
from review.calibration.subjects.fitting import FitFigures
from scoring.parameters import Parameters

DECIMALS = 3  # of the values that a profile takes


def in_words(source: Source, found: FitFigures) -> dict[str, Any]:
    lacking = str(_(", ")).join(lacking_in_words(found.lacking))
    if found.fit is None:
        return {"lacking": lacking}
    taken = rounded(found.fit.best)
    return {
        "lacking": lacking,
        "reading": readings.reading_of_fit(found.fit),
        "rows": _rows(found.fit, found.active),
        "taken": taken,
        "mark": mark_of(taken),
        "is_active": taken == rounded(found.active),
        "chart": as_json(charts.losses(found.fit, found.active)),
        "what_if": _what_if(source, taken),
    }


def rounded(parameters: Parameters) -> Parameters:
    """As they are shown and taken."""
    return Parameters(*(round(value, DECIMALS) for value in (parameters.alpha, parameters.theta, parameters.threshold)))


def mark_of(taken: Parameters) -> str:
    """What the button sends, so that nobody takes other values than those they saw."""
    return f"{taken.alpha:.3f} {taken.theta:.3f} {taken.threshold:.3f}"


def lacking_in_words(lacking: dict[str, int]) -> list[str]:
    """What a fit should have more of, before it is more than a hint."""
    words = {
        "items": lambda n: ngettext("%(n)s reply that people reviewed", "%(n)s replies that people reviewed", n),
        "dialogues": lambda n: ngettext("%(n)s dialogue", "%(n)s dialogues", n),
        "accepted": lambda n: ngettext("%(n)s accepted reply", "%(n)s accepted replies", n),
        "refused": lambda n: ngettext("%(n)s refused reply", "%(n)s refused replies", n),
    }
    return [words[name](n) % {"n": n} for name, n in lacking.items()]


def _rows(fit: Fit, active: Parameters) -> list[dict[str, Any]]:
    """α, Θ and the threshold: active, fitted, and from where to where others do as well; of α its interval."""
    old, new = active, fit.best
    return [
        {"name": "α", "active": old.alpha, "best": new.alpha, "region": fit.alpha_region, "interval": fit.interval},
        {"name": "Θ", "active": old.theta, "best": new.theta, "region": fit.theta_region},
        {"name": _("Threshold"), "active": old.threshold, "best": new.threshold, "region": fit.threshold_region},
    ]


def _what_if(source: Source, taken: Parameters) -> str:
    chosen = source.chosen
    values = {"alpha": taken.alpha, "theta": taken.theta, "threshold": taken.threshold}
    query = urlencode({"dataset": chosen.dataset.pk, "kind": chosen.kind, **values})
    return f"{reverse('scores:room')}?{query}#what-if"


def reason_of(found: FitFigures, narrowed: Sequence[str]) -> str:
    """Where the values come from, for the revision that takes them; narrowed: what the filter chose, in words."""
    assert found.fit is not None
    values = {
        "n": found.replies,
        "before": readings.percent_of(found.fit.before.auc),
        "after": readings.percent_of(found.fit.after.auc),
    }
    sentence = _(
        "Fitted to %(n)s replies that people reviewed; "
        "pairs told apart on dialogues not fitted to: %(before)s → %(after)s"
    )
    return " · ".join([sentence % values, *narrowed])
