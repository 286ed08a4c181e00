import json

import numpy as np
import plotly.graph_objects as go
import pytest

from ecc_site.core.charts import COLOURS, as_json, theme_colour


def test_a_figure_becomes_plain_JSON_values_without_the_theme_of_plotly():
    figure = go.Figure(go.Bar(x=np.array([0.25, 0.75]), y=[1, np.nan]))
    made = as_json(figure)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert not made["layout"].get("template")
    assert made["data"][0]["y"] == [1, None]


def test_what_people_wrote_is_no_markup_in_a_chart():
    bad = '<a href="javascript:x()">v1</a>'
    figure = go.Figure(go.Scatter(x=[0.5], y=[bad], name=bad, customdata=[[bad]], hovertemplate="%{y}<extra></extra>"))
    (trace,) = as_json(figure)["data"]
    written = json.dumps([trace["name"], trace["y"], trace["customdata"]])
    assert "<" not in written
    assert trace["name"] == '&lt;a href="javascript:x()"&gt;v1&lt;/a&gt;'
    assert trace["hovertemplate"] == "%{y}<extra></extra>"


@pytest.mark.parametrize("name", COLOURS)
def test_who_speaks_has_a_colour_that_the_stylesheet_defines(name, settings):
    stylesheet = (settings.BASE_DIR / "ecc_site" / "static" / "ecc" / "site.css").read_text()
    assert theme_colour(name) == f"var(--{name})"
    assert f"--{name}:" in stylesheet


def test_a_speaker_without_a_colour_is_refused_with_the_names_that_have_one():
    with pytest.raises(ValueError, match="'robot'; expected one of end, cloud, human"):
        theme_colour("robot")
