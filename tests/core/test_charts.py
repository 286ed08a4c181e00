import json

import numpy as np
import plotly.graph_objects as go
import pytest

from ecc_site.core.charts import COLOURS, as_json, shortened, theme_colour


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


def test_a_long_name_is_shortened_by_the_width_of_its_letters():
    latin, chinese = "lora-2026-11-28-r16-a32", "端侧模型前缀调优第三次"
    assert shortened(["v1", latin, chinese]) == {
        "v1": "v1",
        latin: "lora-2026-11-28-r16…",
        chinese: "端侧模型前缀调优第…",
    }


def test_names_that_begin_alike_are_told_apart_by_their_ends_and_else_stay_whole():
    first, second = "qwen2.5-1.5b-instruct+lora-run7", "qwen2.5-1.5b-instruct+lora-run8"
    assert list(shortened([first, second]).values()) == ["qwen2.5-1.…lora-run7", "qwen2.5-1.…lora-run8"]
    alike = [f"qwen2.5-lora-2026-11-{day}-r16-a32-run7" for day in (27, 28)]
    assert list(shortened(alike).values()) == alike
