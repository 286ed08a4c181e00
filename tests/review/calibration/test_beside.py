"""Measures beside Eq. 1: their means by version, and how far each goes with people."""

from dataclasses import replace

import numpy as np
import pytest
from django.utils import translation
from scipy.stats import spearmanr

from dialogues.models import Answer, Comparison, Dialogue
from review.agreement.measures.estimates import Estimate
from review.calibration.beside import working_out
from review.calibration.beside.charts import matrix
from review.calibration.beside.figures import LEAST, BesideFigures, Correlation, correlations, means_of, with_people
from review.calibration.beside.readings import label_of, reading_of
from review.calibration.beside.working_out import PARTS, texts_of, work_out
from review.calibration.material import Filter
from review.calibration.source import Source, tell_nobody
from review.desk.verdicts import record
from scoring.fusion import COMPONENTS
from scoring.measures.beside import MEASURES
from scoring.models import ScorerSet
from tests import build

NAN = np.nan
NAMES = (*COMPONENTS, "final", *MEASURES)

# --- the figures


def test_correlations_are_spearmans_over_what_is_known_of_both():
    random = np.random.default_rng(1)
    one, other = random.normal(size=40), random.normal(size=40)
    one[:5], other[3:9] = NAN, NAN
    found = correlations({"one": one, "other": other, "same": np.ones(40)})
    assert found[0][1].value == pytest.approx(spearmanr(one[9:], other[9:]).statistic)
    assert (found[0][1].n, found[0][0].n, found[1][1].n) == (31, 35, 34)
    assert found[1][0] == found[0][1]
    assert found[0][0].value == pytest.approx(1)
    assert found[0][2] == Correlation(None, 35), "what never differs goes with nothing"
    assert correlations({"few": one[: 5 + LEAST - 1]})[0][0] == Correlation(None, LEAST - 1)


def test_what_people_say_has_an_interval_by_dialogue():
    accepted = np.array([0.0, 1.0] * 20)
    scores = accepted + np.linspace(0, 1, 40)
    found = with_people({"good": scores, "unknown": np.full(40, NAN)}, accepted, np.arange(40) // 2)
    assert found["good"].value == pytest.approx(spearmanr(scores, accepted).statistic)
    assert found["good"].excludes(0)
    assert found["unknown"] == Estimate(None, None, None, 0)


def test_means_leave_out_what_is_unknown():
    found = means_of({"bleu": np.array([0.2, 0.4, NAN])}, np.array([1, 2, 3]))
    assert (found["bleu"].value, found["bleu"].n) == (pytest.approx(0.3), 2)


# --- what they say


def test_a_measure_brings_its_label(monkeypatch):
    monkeypatch.setitem(MEASURES, "politeness", replace(MEASURES["length"], name="politeness", label="Politeness"))
    assert [label_of(name) for name in ("politeness", "final")] == ["Politeness", "final score"]
    with translation.override("zh-hans"):
        assert [label_of(name) for name in ("length", "chrf", "final")] == ["长度", "chrF", "最终分"]


def figures(**people: Estimate) -> BesideFigures:
    unknown = Estimate(None, None, None, 0)
    cells = [[Correlation(0.5, 12)] * len(NAMES)] * len(NAMES)
    return BesideFigures(list(NAMES), [], cells, {name: people.get(name, unknown) for name in NAMES}, 40, [1, 2])


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ({}, "Too few of these replies have been reviewed to say which measure goes with people."),
        (
            {"match_end": Estimate(0.31, 0.2, 0.4, 40), "final": Estimate(0.12, 0, 0.2, 40)},
            "Of all measures, match goes best with what people say: ρ 0.31 [0.20, 0.40]; final score 0.12.",
        ),
        (
            {"final": Estimate(0.31, 0.2, 0.4, 40), "bleu": Estimate(0.12, 0, 0.2, 40)},
            "Of all measures, final score goes best with what people say: ρ 0.31 [0.20, 0.40]; BLEU 0.12.",
        ),
        (
            {"repetition": Estimate(-0.5, -0.6, -0.4, 40), "match_cloud": Estimate(0.9, 0.8, 1, 40)},
            "Of all measures, repetition goes best with what people say: ρ −0.50 [−0.60, −0.40].",
        ),
        (
            {"length": Estimate(-0.3, -0.4, -0.2, 40), "bleu": Estimate(-0.5, -0.6, -0.4, 40)},
            "Of all measures, length goes best with what people say: ρ −0.30 [−0.40, −0.20].",
        ),
        (
            {"bleu": Estimate(0.1, -0.1, 0.3, 40)},
            "No measure goes clearly with what people say; nearest is BLEU: ρ 0.10 [−0.10, 0.30].",
        ),
        (
            {"bleu": Estimate(0.1, None, None, 11)},
            "No measure goes clearly with what people say; nearest is BLEU: ρ 0.10.",
        ),
    ],
)
def test_the_reading_names_the_measure_that_goes_best_with_people(people, sentence):
    assert reading_of(figures(**people)) == sentence


def test_the_matrix_has_people_last_and_says_how_many_replies_each_cell_has():
    drawn = matrix(figures(bleu=Estimate(0.1, None, None, 11)))["data"][0]
    assert drawn["y"][-1] == drawn["x"][-1] == "people accept"
    at = list(NAMES).index("bleu")
    assert (drawn["z"][-1][at], drawn["customdata"][-1][at]) == (0.1, 11)
    assert drawn["z"][at][-1] == 0.1
    assert drawn["z"][-1][0] is None
    assert (drawn["customdata"][0][0], drawn["customdata"][-1][-1]) == (12, 40)


# --- from what is stored


def chosen(dataset, **narrowed) -> Filter:
    return Filter(dataset, ScorerSet.objects.current(), "human", **narrowed)


def worked_out(dataset, tell=tell_nobody, **narrowed) -> BesideFigures:
    return work_out(Source.of(chosen(dataset, **narrowed)), tell)


@pytest.mark.django_db
def test_the_means_are_those_of_the_stored_texts(reviewed):
    other = build.version("v2")
    build.scored(reviewed, other, [0.5] * 8)
    heard = []
    found = worked_out(reviewed, heard.append)
    assert [(of.read, of.scored) for of in found.versions] == [(8, 8), (8, 8)]
    assert sum(heard) == PARTS
    texts = list(Comparison.objects.filter(version=other).values_list("end__text", "reference__text"))
    expected = [MEASURES["chrf"]([""], [reply], [reference])[0] for reply, reference in texts]
    assert found.versions[1].means["chrf"].value == pytest.approx(np.mean(expected))
    assert found.versions[0].means["final"].value == pytest.approx(0.45)
    assert sorted(found.sample) == sorted(Comparison.objects.values_list("pk", flat=True))
    assert found.names == list(NAMES)
    Dialogue.objects.filter(pk=Dialogue.objects.earliest("pk").pk).update(satisfaction=4)
    assert worked_out(reviewed).names == [*NAMES, "satisfaction"]
    only = worked_out(reviewed, versions=(other.pk,), splits=("test",))
    assert [(of.version, of.read) for of in only.versions] == [(other.pk, 2)]


@pytest.mark.django_db
def test_of_many_replies_a_random_part_is_read_and_always_the_same(reviewed, monkeypatch):
    monkeypatch.setattr(working_out, "MOST", 3)
    found = worked_out(reviewed)
    assert [(of.read, of.scored) for of in found.versions] == [(3, 8)]
    assert len(found.sample) == 3
    assert worked_out(reviewed) == found


@pytest.mark.django_db
def test_people_are_compared_over_the_judged_replies(round_, annotator, verdict_input):
    for item in round_.items.order_by("position"):
        record(annotator, item, verdict_input("end"))
    found = worked_out(round_.dataset)
    assert found.judged == 6
    assert found.people["final"] == Estimate(None, None, None, 6), "six are too few to say anything"


@pytest.mark.django_db
def test_nothing_scored_is_nothing_found():
    shop = build.shop()
    build.scorer_set()
    found = worked_out(shop)
    assert (found.versions, found.sample, found.judged) == ([], [], 0)


@pytest.mark.django_db
def test_texts_of_what_was_erased_meanwhile_are_missing(reviewed):
    ids = list(Comparison.objects.values_list("pk", flat=True))
    (texts,) = texts_of([*ids, 10**9])
    assert texts.ids == ids
    assert texts.replies[0] == Answer.objects.get(compared=ids[0]).text
    assert set(texts.measured()) == set(MEASURES)
