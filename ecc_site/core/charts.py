"""What all charts share. Colours are named after what they show; the browser fills them in from the current theme."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotly.basedatatypes import BaseFigure  # importing plotly takes long

COLOURS = ("end", "cloud", "human", "customer", "accent", "better", "worse")


def theme_colour(name: str) -> str:
    """A placeholder that static/ecc/charts.js replaces by the theme's colour of that name.

    Raises ValueError for a name that is not in COLOURS.
    """
    if name not in COLOURS:
        raise ValueError(f"no colour is defined for {name!r}; expected one of {', '.join(COLOURS)}")
    return f"var(--{name})"


def as_json(figure: BaseFigure) -> dict:
    """A plotly figure as plain JSON values, without plotly's own theme."""
    figure.update_layout(template=None)
    return json.loads(figure.to_json(engine="json"))
