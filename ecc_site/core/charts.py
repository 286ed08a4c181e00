"""What all charts share. Colours are named after what they show; the browser fills them in from the current theme."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from plotly.basedatatypes import BaseFigure  # importing plotly takes long

FROM_DATA = {"name", "text", "hovertext", "x", "y", "customdata", "labels", "legendgroup"}
LONGEST = 20  # width of a name beside an axis, in Latin letters: a Chinese one is two wide
VERSIONS = 6  # colours of versions; the seventh has that of the first again
COLOURS = (
    *("end", "cloud", "human", "customer", "accent", "better", "worse", "surface", "text"),
    *(f"version-{i}" for i in range(1, VERSIONS + 1)),
)


def theme_colour(name: str) -> str:
    """A placeholder that static/ecc/charts.js replaces by the theme's colour of that name.

    Raises ValueError for a name that is not in COLOURS.
    """
    if name not in COLOURS:
        raise ValueError(f"no colour is defined for {name!r}; expected one of {', '.join(COLOURS)}")
    return f"var(--{name})"


def version_colour(place: int) -> str:
    """The colour of the version at this place in a chart, from 0: none of those that say who speaks."""
    return theme_colour(f"version-{place % VERSIONS + 1}")


def shortened(names: Sequence[str], longest: int = LONGEST) -> Mapping[str, str]:
    """What stands for each name in a chart: its beginning, or its two ends, where that tells them apart; else all."""
    for cut in (_beginning, _two_ends):
        short = {name: name if _width(name) <= longest else cut(name, longest) for name in names}
        if len(set(short.values())) == len(short):
            return short
    return {name: name for name in names}


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _beginning(name: str, longest: int) -> str:
    return f"{_within(name, longest - 1)}…"


def _two_ends(name: str, longest: int) -> str:
    half = (longest - 1) // 2
    return f"{_within(name, longest - 1 - half)}…{_within(name[::-1], half)[::-1]}"


def _within(text: str, width: int) -> str:
    """As many of the first letters as are not wider."""
    used = 0
    for place, letter in enumerate(text):
        used += _width(letter)
        if used > width:
            return text[:place]
    return text


def vertical_line(x: float | str, colour: str, dash: str = "solid") -> dict:
    """A shape of a layout, over the whole height of its plot; `x` is a number, or a day as 2026-11-30."""
    line = {"color": theme_colour(colour), "width": 2, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def as_json(figure: BaseFigure | dict) -> dict:
    """A plotly figure as plain JSON values, without plotly's own theme.

    What is drawn again and again is written as a dict of data and layout: plotly's objects take longer to make than
    all the rest of such a page.

    plotly reads tags in its texts, and names of versions and datasets are written by people: what comes from data is
    escaped. The titles and templates are ours.
    """
    plain = figure if isinstance(figure, dict) else _plain(figure)
    data = [trace | {key: _escaped(trace[key]) for key in FROM_DATA & trace.keys()} for trace in plain["data"]]
    return {"data": data, "layout": plain["layout"]}


def _plain(figure: BaseFigure) -> dict:
    figure.update_layout(template=None)
    return json.loads(figure.to_json(engine="json"))


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    return [_escaped(item) for item in value] if isinstance(value, list) else value
