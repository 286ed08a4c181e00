"""What the charts of agreement draw, from plain figures."""

import pytest
from django.utils import translation

from ecc_site.core.charts import as_json
from review.agreement import charts
from review.agreement.annotators import AnnotatorFigures
from review.agreement.figures import Figures, PairFigures
from review.agreement.measures.estimates import Estimate
from review.agreement.readings import reading_of_pace, reading_of_pairs, reading_of_preference

NOTHING = Estimate(None, None, None, 0)
SURE = Estimate(0.6, 0.5, 0.7, 40)
SHARES = {
    "end": SURE,
    "tie": Estimate(0.1, None, None, 40),
    "reference": Estimate(0.3, 0.2, 0.4, 40),
    "both_bad": NOTHING,
}


def figures(**changes):
    usual = {
        "opinions": 80,
        "items": 40,
        "shared": 40,
        "percent": SURE,
        "cohen": 0.5,
        "fleiss": SURE,
        "nominal": NOTHING,
    }
    return Figures(**(usual | {"ordinal": SURE, "win_rate": SURE, "shares": SHARES, "pairs": []} | changes))


def annotator(of, per_hour, pace=None):
    nothing = {"hasty": NOTHING, "left": None, "agreement": NOTHING, "gold": NOTHING}
    return AnnotatorFigures(of, done=10, per_hour=per_hour, median_seconds=4.0, pace=pace, **nothing)


def pair(kappa, low=None, high=None):
    return PairFigures(1, 2, 30, 0.8, Estimate(kappa, low, high, 30))


def test_each_measure_is_a_point_with_its_interval_and_an_unknown_one_is_left_out():
    drawn = as_json(charts.measures(figures()))
    points, alone = drawn["data"]
    assert points["y"] == ["Percent agreement", "Krippendorff's α, ordinal", "Fleiss' κ"]
    assert points["x"] == [0.6, 0.6, 0.6]
    assert points["error_x"]["arrayminus"] == points["error_x"]["array"] == pytest.approx([0.1, 0.1, 0.1])
    assert (alone["y"], alone["x"], alone["marker"]["symbol"]) == (["Cohen's κ"], [0.5], "circle-open")
    assert "error_x" not in alone
    assert [shape["x0"] for shape in drawn["layout"]["shapes"]] == [0.667, 0.8]


def test_pairs_are_named_and_names_are_no_markup():
    drawn = as_json(charts.pairs([("<b>ann", "bob", pair(-0.2, -0.4, 0.0)), ("ann", "c" * 40, pair(0.9))]))
    assert [trace["y"] for trace in drawn["data"]] == [["&lt;b&gt;ann · bob"], [f"ann · {'c' * 9}…"]]
    assert drawn["layout"]["xaxis"]["range"][0] == pytest.approx(-0.43)


def test_names_that_begin_alike_keep_their_ends():
    first, second = "reviewer-of-the-night-1", "reviewer-of-the-night-2"
    assert as_json(charts.pairs([(first, second, pair(0.5))]))["data"][1]["y"] == ["revie…ht-1 · revie…ht-2"]


@pytest.mark.parametrize(("value", "place"), [(0.1, "right"), (0.5, "center"), (0.9, "left")])
def test_words_below_a_share_are_not_cut_at_the_edge(value, place):
    *_bars, win_rate = as_json(charts.preferences([], Estimate(value, None, None, 40), "human"))["data"]
    assert win_rate["textposition"] == f"bottom {place}"


@pytest.mark.parametrize(("kind", "colour"), [("cloud", "var(--cloud)"), ("human", "var(--human)")])
def test_preferences_are_one_bar_in_the_colours_of_who_speaks(kind, colour):
    shares = [(name, name, share) for name, share in SHARES.items()]
    *bars, win_rate = as_json(charts.preferences(shares, SURE, kind))["data"]
    assert [bar["x"] for bar in bars] == [[0.6], [0.1], [0.3], [0]]
    assert [bars[0]["marker"]["color"], bars[2]["marker"]["color"]] == ["var(--end)", colour]
    assert [bars[i]["marker"]["pattern"]["shape"] for i in (1, 3)] == [".", "/"]
    assert (win_rate["x"], win_rate["customdata"]) == ([0.6], [["[0.50, 0.70]", 40]])
    assert (win_rate["mode"], win_rate["text"]) == ("markers+text", ["End answer preferred"])


def test_an_unusual_pace_is_drawn_apart_and_an_unknown_one_not_at_all():
    rows = [("ann", annotator(1, 60.0)), ("bob", annotator(2, 400.0, pace=9.0)), ("cid", annotator(3, None))]
    usual, unusual = as_json(charts.pace(rows))["data"]
    assert (usual["y"], usual["x"], unusual["y"], unusual["x"]) == (["ann"], [60.0], ["bob"], [400.0])
    assert unusual["marker"]["pattern"]["fgcolor"] == "var(--worse)"


def test_charts_speak_chinese():
    with translation.override("zh-hans"):
        drawn = [charts.measures(figures()), charts.pace([("ann", annotator(1, 60.0))])]
        titles = [figure.layout.xaxis.title.text for figure in drawn]
    assert titles == ["一致性", "每小时评审数"]


@pytest.mark.parametrize(
    ("win_rate", "words"),
    [
        (SURE, "Neither side"),
        (Estimate(0.7, 0.6, 0.8, 40), "end model's answers are preferred"),
        (Estimate(0.2, 0.1, 0.3, 40), "reference is preferred"),
        (NOTHING, ""),
    ],
)
def test_preference_in_a_sentence(win_rate, words):
    assert reading_of_preference(win_rate).count(words)
    assert bool(reading_of_preference(win_rate)) == bool(words)


def test_pairs_and_pace_in_a_sentence():
    rows = [("ann", "bob", pair(0.5, 0.4, 0.6)), ("ann", "cid", pair(0.25, 0.1, 0.4)), ("bob", "cid", pair(0.1))]
    assert reading_of_pairs(rows) == "ann and cid agree least: κ = 0.25."
    assert "No pair" in reading_of_pairs(rows[2:])
    assert reading_of_pace([("ann", annotator(1, 60.0)), ("bob", annotator(2, 99.6))]) == (
        "From 60 to 100 verdicts an hour, the median is 80."
    )
    assert reading_of_pace([("ann", annotator(1, None))]) == ""
