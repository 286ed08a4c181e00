"""The charts of a round's agreement as JSON, and what each of them says in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ecc_site.core.charts import as_json
from review.agreement import charts
from review.agreement.annotators import AnnotatorFigures
from review.agreement.figures import PairFigures
from review.agreement.of_round import RoundAgreement
from review.agreement.readings import reading_of_pace, reading_of_pairs, reading_of_preference
from review.models import Round, VerdictRevision

ANNOTATORS = 30  # who gave most are drawn


def drawn(
    round_: Round,
    found: RoundAgreement,
    pairs: Sequence[tuple[str, str, PairFigures]],
    annotators: Sequence[tuple[str, AnnotatorFigures]],
) -> dict:
    """For the template; None where there is nothing to draw. pairs, annotators: with their names."""
    most = sorted(annotators, key=lambda row: -row[1].done)[:ANNOTATORS]
    has_kappa = any(of.kappa.value is not None for _first, _second, of in pairs)
    has_pace = any(of.per_hour is not None for _name, of in most)
    return {
        "measures_chart": as_json(charts.measures(found.figures)) if found.figures.shared else None,
        "pairs_chart": as_json(charts.pairs(pairs)) if has_kappa else None,
        "pairs_reading": reading_of_pairs(pairs),
        "pace_chart": as_json(charts.pace(most)) if has_pace else None,
        "pace_reading": reading_of_pace(most),
        **preferences_drawn(round_, found),
    }


def preferences_drawn(round_: Round, found: RoundAgreement) -> dict:
    words, figures = dict(VerdictRevision.Preference.choices), found.figures
    shares = [(str(words[name]), name, share) for name, share in figures.shares.items()]
    chart = as_json(charts.preferences(shares, figures.win_rate, round_.kind)) if figures.items else None
    reading = reading_of_preference(figures.win_rate)
    return {"preferences_chart": chart, "preferences_reading": reading, "preferences": shares}
