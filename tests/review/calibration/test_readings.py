"""What the page says of figures in a sentence, and what its charts draw."""

from dataclasses import replace

import pytest
from django.utils import translation

from ecc_site.core.charts import as_json
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.eq1 import ALPHAS, Region
from review.calibration.estimating.features import NAMES as FEATURES
from review.calibration.estimating.figures import Agreement, Ceiling
from review.calibration.estimating.fit import Fit
from review.calibration.estimating.held_out import HeldOut
from review.calibration.estimating.learned import Model
from review.calibration.kept import ON_ITS_PAGE
from review.calibration.measures.intervals import Interval
from review.calibration.measures.reliability import Bin
from review.calibration.pages import charts, fitting, learning, panels, readings
from review.calibration.subjects import SUBJECTS
from review.calibration.subjects.agreement import NAMES, AgreementFigures, ScoreAgreement
from scoring.fusion import COMPONENTS
from scoring.parameters import Parameters

NOTHING = Estimate(None, None, None, 0)
SURE = Estimate(0.71, 0.64, 0.78, 240)
PEOPLE, LENGTH = Estimate(0.84, 0.8, 0.88, 90), Estimate(0.58, 0.5, 0.66, 240)
VAGUE = Estimate(0.55, None, None, 12)
PAPER = Parameters(0.8, 0.2, 0.5)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def agreement(auc=SURE, people=PEOPLE, accepted=0.6, length=LENGTH):
    def score(name):
        own = Agreement(240, 1.0, SURE, SURE, length if name == "length" else auc, NOTHING)
        return ScoreAgreement(name, own, None, Ceiling(3, people, Estimate(0.7, 0.6, 0.8, 90)))

    shares = {"in_sight": 0.0, "by_default": 1.0, "at_random": 1.0}
    return AgreementFigures(
        replies=1240,
        dialogues=80,
        verdicts=2000,
        people=3,
        **shares,
        accepted=Estimate(accepted, None, None, 240),
        scores=[score(name) for name in NAMES],
        curve=[],
        error=None,
        over_length=SURE,
        slices=[],
        parameters=PAPER,
    )


def fit(gain=SURE, right_gain=(0.1, 0.05)):
    region, held = Region(0.5, 0.9), HeldOut(SURE, SURE)
    mean, low = right_gain
    return Fit(
        best=Parameters(0.62, 0.31, 0.4),
        interval=region,
        alpha_region=region,
        theta_region=region,
        threshold_region=region,
        before=held,
        after=held,
        gain=gain,
        right_gain=Interval(mean, low, None if low is None else 2 * mean - low, 240),
        items=240,
        lacking={},
        losses=(None, *([0.6] * (len(ALPHAS) - 1))),
    )


def test_the_headline_says_it_beside_people_and_length():
    said = readings.headline(agreement())
    assert said == (
        "On 1,240 replies that people reviewed, the final score tells an acceptable reply from one that is not in "
        "71% [64, 78] of pairs. Where several people reviewed, one of them tells what the others accept in "
        "84% [80, 88], the score in 70% [60, 80]. Length alone reaches 58% [50, 66]."
    )


def test_the_headline_says_what_is_unknown():
    assert "too few replies were reviewed by two or more" in readings.headline(agreement(people=NOTHING))
    assert readings.headline(agreement(auc=VAGUE)).count("[") == 3  # people, score and length
    assert "accept all or none" in readings.headline(agreement(auc=NOTHING, accepted=1.0))
    assert "none has a final score" in readings.headline(agreement(auc=NOTHING))


@pytest.mark.parametrize(
    "gain, words",
    [
        (Estimate(0.1, 0.02, 0.2, 9), "clearly more than the length"),
        (Estimate(-0.1, -0.2, -0.02, 9), "length of a reply tells clearly more"),
        (Estimate(0.1, -0.02, 0.2, 9), "does not tell clearly more"),
        (Estimate(0.1, None, None, 9), "may be chance"),
    ],
)
def test_it_says_whether_the_score_knows_more_than_length(gain, words):
    assert words in readings.reading_over_length(gain)


def test_parts_differ_only_where_their_intervals_do_not_overlap():
    low, high = ("zh", Estimate(0.5, 0.4, 0.6, 40)), ("en", Estimate(0.8, 0.7, 0.9, 40))
    said = readings.reading_of_slices([low, high, ("v1", VAGUE)])
    assert said == "The score tells least in zh (50% of pairs), most in en (80%)."
    assert "overlap" in readings.reading_of_slices([low, ("en", Estimate(0.6, 0.5, 0.7, 40))])
    assert "too few" in readings.reading_of_slices([low, ("v1", VAGUE)])


def test_a_curve_says_what_low_and_high_scores_come_to():
    curve = [Bin(0, 0.2, 0.1, Estimate(0.2, 0.1, 0.3, 30)), Bin(0.7, 1, 0.82, Estimate(0.91, 0.8, 1, 30))]
    assert readings.reading_of_curve(curve) == (
        "Of replies that score about 0.10 people accept 20%, of those about 0.82 91%."
    )
    assert readings.reading_of_curve(curve[:1]) == ""


@pytest.mark.parametrize(
    "made, better",
    [
        (fit(), True),
        (fit(gain=Estimate(0.01, -0.02, 0.04, 240)), True),  # by the threshold
        (fit(gain=Estimate(0.01, -0.02, 0.04, 240), right_gain=(0.0, -0.1)), False),
        (fit(gain=Estimate(-0.03, -0.05, -0.01, 240)), False),
        (fit(right_gain=(-0.2, -0.3)), False),
        (fit(gain=VAGUE, right_gain=(0.1, None)), False),
    ],
)
def test_a_fit_is_better_where_it_clearly_gains_and_loses_nothing(made, better):
    assert made.is_better == better
    assert ("clearly better than" in readings.reading_of_fit(made).replace("not clearly better than", "")) == better


def test_what_is_lacking_is_said_in_words():
    assert fitting.lacking_in_words({"items": 12, "refused": 1}) == [
        "12 replies that people reviewed",
        "1 refused reply",
    ]


def test_the_charts_are_plain_json():
    curve = [Bin(0, 0.2, 0.1, Estimate(0.2, 0.1, 0.3, 30)), Bin(0.7, 1, 0.8, Estimate(0.9, 0.8, 1, 30))]
    drawn = as_json(charts.reliability(curve, 0.5))
    assert drawn["data"][1]["error_y"]["array"] == pytest.approx([0.1, 0.1])
    parts = as_json(charts.slices([("zh", SURE), ("v1", VAGUE), ("en", NOTHING), ("tag", Estimate(1, None, None, 2))]))
    assert [trace["y"] for trace in parts["data"]] == [["zh"], ["v1"]]
    assert parts["data"][1]["marker"]["symbol"] == "circle-open"
    line = as_json(charts.losses(fit(), PAPER))
    assert line["data"][0]["y"][:2] == [None, 0.6] and len(line["layout"]["shapes"]) == 3


def test_each_feature_has_a_name_and_small_weights_are_left_out():
    assert {*FEATURES, *COMPONENTS} <= set(learning.NAMES)
    names = ("similarity", "length", "echo")
    model = Model(names, (0.0,) * 3, (0.0,) * 3, (1.0,) * 3, (0.8, -1.6, 0.01), 0.0, 1.0, 200)
    found = [(str(name), weight, share) for name, weight, share in learning.weights_of(model)]
    assert found == [("length of the reply", -1.6, 1.0), ("similarity", 0.8, 0.5)]
    assert learning.weights_of(replace(model, weights=(0.0,) * 3)) == []


def test_each_subject_has_its_panel():
    assert set(panels.FIT) == set(ON_ITS_PAGE)
    assert set(panels.PEOPLE) == {
        name for name, subject in SUBJECTS.items() if subject.apart and subject.needs_verdicts
    }
