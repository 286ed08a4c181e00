"""Corrected shares with names, sentences and figures, and the rounds that would make them more precise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogues.models import Split
from ecc_site.core.charts import as_json, shortened
from review.calibration.material import Filter
from review.calibration.measures.intervals import Interval
from review.calibration.pages.people import charts, readings
from review.calibration.queues import OF_PURPOSE
from review.calibration.source import Source
from review.calibration.subjects.corrected import CorrectedFigures, Difference, OfVersion, Proposal
from review.drawn import DrawnRound
from review.models import Round
from serving.models import Version


def in_words(source: Source, found: CorrectedFigures) -> dict[str, Any]:
    """One query."""
    names = {pk: str(version) for pk, version in Version.objects.in_bulk([of.version for of in found.versions]).items()}
    cards = [_card(of, names, source.chosen) for of in found.versions]
    told = [card for card in cards if not card["of"].lack]
    return {
        "headline": _headline(told, found) if told else "",
        "cards": [card for card in cards if card["of"].lack != "nobody"],
        "unread": [card for card in cards if card["of"].lack == "nobody"],
        "differences": _differences(found, names, source.chosen),
    }


def _headline(told: list[dict[str, Any]], found: CorrectedFigures) -> str:
    """Of the version that the others are compared with, where there are several."""
    baselines = {(of.baseline, of.purpose) for of in found.differences}
    first = next((card for card in told if (card["of"].version, card["of"].purpose) in baselines), told[0])
    return readings.headline(first["of"], first["name"], first["dialogues"])


def _card(of: OfVersion, names: Mapping[int, str], chosen: Filter) -> dict[str, Any]:
    rows = zip(charts.named(of.share), charts.named(of.outcome), strict=True)
    return {
        "of": of,
        "name": names.get(of.version, "–"),
        "dialogues": _dialogues(of.purpose, chosen),
        "reading": readings.why_not(of) if of.lack else readings.reading(of.share),
        "chart": None if of.lack else as_json(charts.three_answers(of.share)),
        "rows": [
            (words, readings.percent_of(share), outcome.in_unit(), share.n)
            for (words, _colour, share), (_words, _c, outcome) in rows
        ],
        "proposals": [_proposed(proposal, of, chosen) for proposal in of.proposals],
    }


def _proposed(proposal: Proposal, of: OfVersion, chosen: Filter) -> dict[str, Any]:
    comparisons = tuple(proposal.comparisons)
    where = (chosen.dataset.pk, chosen.kind, of.purpose)
    drawn = DrawnRound(*where, (of.version,), comparisons, proposal.drawn)
    return {
        "n": len(comparisons),
        "promise": readings.promise(proposal),
        "address": drawn.form_address,
        "in_bands": bool(proposal.drawn.edges),
    }


def _differences(found: CorrectedFigures, names: Mapping[int, str], chosen: Filter) -> list[dict[str, Any]]:
    """One for the dialogues of each purpose."""
    made = []
    for purpose in OF_PURPOSE:
        own = [of for of in found.differences if of.purpose == purpose]
        if own:
            made.append(_compared(own, names, _dialogues(purpose.value, chosen)))
    return made


def _compared(own: list[Difference], names: Mapping[int, str], dialogues: str) -> dict[str, Any]:
    baseline = names.get(own[0].baseline, "–")
    rows: list[tuple[str, Interval]] = [(names.get(of.version, "–"), of.share.corrected) for of in own]
    short = shortened([name for name, _of in rows])
    shown = [(short[name], of) for name, of in rows]
    return {
        "baseline": baseline,
        "dialogues": dialogues,
        "purpose": own[0].purpose,
        "reading": readings.reading_of_differences(rows, baseline),
        "chart": as_json(charts.differences(shown)),
        "rows": [
            (names.get(of.version, "–"), [readings.points_of(answer) for _w, _c, answer in charts.named(of.share)], of)
            for of in own
        ],
    }


def _dialogues(purpose: str, chosen: Filter) -> str:
    splits = [split for split in OF_PURPOSE[Round.Purpose(purpose)] if not chosen.splits or split in chosen.splits]
    return str(readings.DIALOGUES[tuple(Split(split) for split in splits)])
