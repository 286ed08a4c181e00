"""What every chart shares. Colours are named by who speaks and filled in by the browser from the current theme."""

import json

SPEAKERS = ("end", "cloud", "human", "customer", "accent", "better", "worse")


def speaker(name: str) -> str:
    """A placeholder that static/ecc/charts.js replaces by the theme's colour of that speaker."""
    if name not in SPEAKERS:
        raise ValueError(f"no colour is defined for {name!r}; expected one of {', '.join(SPEAKERS)}")
    return f"var(--{name})"


def as_json(figure) -> dict:
    """A plotly figure as plain JSON values, without plotly's own theme."""
    figure.update_layout(template=None)
    return json.loads(figure.to_json(engine="json"))
