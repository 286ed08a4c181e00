"""The versions beside each other: over the reference answers that two of them share, or else each over its own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from review.score_room.room import Room
from review.score_room.tabs.drawn import Drawn, Row, query_of
from scoring import charts
from scoring.comparing import NamedPair


def versions(room: Room) -> Drawn:
    pairs = [pair for pair in room.pairs if pair.figures.n]
    return _paired(pairs) if pairs else _alone(room)


def _paired(pairs: list[NamedPair]) -> Drawn:
    figure = charts.differences(pairs)
    queries = [query_of(of=pair.figures.version, beside=pair.figures.baseline) for pair in pairs]
    figure["data"][0]["meta"] = queries
    columns = (
        *(_("Version"), _("Baseline"), _("Shared reference answers"), _("Mean"), _("Mean of the baseline")),
        *(_("Difference"), _("from"), _("to"), _("Better"), _("Worse")),
    )
    rows = [Row(_cells(pair), query) for pair, query in zip(pairs, queries, strict=True)]
    return Drawn(figure, "\n".join(map(_sentence, pairs)), columns, rows)


def _cells(pair: NamedPair) -> tuple:
    own = pair.figures
    means = (own.mean, own.baseline_mean, own.difference, own.low, own.high)
    return (pair.name, pair.baseline, own.n, *means, own.better, own.worse)


def _sentence(pair: NamedPair) -> str:
    own = pair.figures
    said = _(
        "%(version)s: %(mine).2f, %(baseline)s: %(theirs).2f, on %(n)s shared reference answers; better on %(better)s"
        " of them, worse on %(worse)s."
    )
    names = {"version": pair.name, "baseline": pair.baseline, "mine": own.mean, "theirs": own.baseline_mean}
    return said % {**names, "n": f"{own.n:,}", "better": f"{own.better:.0%}", "worse": f"{own.worse:.0%}"}


def _alone(room: Room) -> Drawn:
    known = {pk: summary for pk, summary in room.summaries.items() if summary.mean is not None}
    if not known:
        return Drawn(None, _("No final score is known here."))
    figure = charts.means(list(room.summaries.values()))
    figure["data"][0]["meta"] = [query_of(of=pk) for pk in known]
    columns = (_("Version"), _("Known scores"), _("Mean"), _("from"), _("to"))
    rows = [Row((s.name, s.known, s.mean, s.low, s.high), query_of(of=pk)) for pk, s in known.items()]
    several = _("These versions have answered no question in common, so their means cannot be compared.")
    alone = _("One version only; a second one would be compared over the questions that both have answered.")
    return Drawn(figure, several if len(known) > 1 else alone, columns, rows)
