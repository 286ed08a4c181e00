"""What the two pages show of each subject, in the order in which they show them: one line a subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from review.calibration.kept import Board
from review.calibration.pages import agreement, fitting, learning
from review.calibration.pages.people import corrected, licence
from review.calibration.source import Source


@dataclass(frozen=True)
class Panel:
    """A template, to which `words` gives what it shows of the figures of a subject as the dictionary `own`."""

    template: str
    words: Callable[[Source, Any], dict[str, Any]]


FIT: dict[str, Panel] = {
    "agreement": Panel("review/calibration/_agreement.html", agreement.in_words),
    "fit": Panel("review/calibration/_fit.html", fitting.in_words),
    "learned": Panel("review/calibration/_learned.html", learning.in_words),
}
PEOPLE: dict[str, Panel] = {
    "corrected": Panel("review/calibration/people/_corrected.html", corrected.in_words),
    "licence": Panel("review/calibration/people/_licence.html", licence.in_words),
}


def panels_of(board: Board, panels: Mapping[str, Panel]) -> list[tuple[str, dict[str, Any]]]:
    """Template and words of each subject of which something is known."""
    return [
        (panel.template, {"found": board[name].found, **panel.words(board.source, board[name].found)})
        for name, panel in panels.items()
        if board[name].found is not None
    ]
