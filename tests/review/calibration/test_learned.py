import json
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from review.calibration.estimating.features import FEATURES, NAMES, features_of
from review.calibration.estimating.learned import LEAST, Model, learn
from review.calibration.material import material_of
from review.calibration.measures.curves import sigmoid
from review.calibration.texts import columns_to_learn

SAID = ("退款什么时候到？订单 1234", "您好，3 天内到账。", "您好，退款 3 到 7 天内到账哦。")


def replies(seed=0, dialogues=150, weight=3.0):
    """Acceptance follows the final score, and as much a feature that Eq. 1 does not know."""
    rng = np.random.default_rng(seed)
    n, groups = 3 * dialogues, np.repeat(np.arange(dialogues), 3)
    columns = {"similarity": rng.random(n), "match_end": rng.random(n), "missing_numbers": rng.random(n)}
    final = 0.8 * columns["similarity"] + 0.2 * columns["match_end"]
    odds = 6 * (final - 0.5) - weight * (columns["missing_numbers"] - 0.5)
    return columns, final, (rng.random(n) < sigmoid(odds)) * 1.0, groups


def test_it_gains_where_a_feature_tells_more():
    found = learn(*replies())
    assert found.gain.low > 0 and found.saved.lies_above(0)
    assert found.learned.value - found.eq1.value == pytest.approx(found.gain.value)
    weights = dict(zip(found.model.names, found.model.weights, strict=True))
    assert weights["missing_numbers"] < 0 < weights["similarity"]
    assert found.error < 0.12 and (found.items, found.model.verdicts) == (450, 450)


def test_it_gains_nothing_where_eq_1_knows_all():
    found = learn(*replies(weight=0.0))
    assert found.gain.low <= 0 and abs(found.gain.value) < 0.03


def test_its_numbers_are_those_of_scikit_learn():
    columns, final, accepted, groups = replies()
    model = learn(columns, final, accepted, groups).model
    values = np.column_stack(list(columns.values()))
    unit = (values - values.mean(axis=0)) / values.std(axis=0)
    expected = LogisticRegression(C=model.penalty).fit(unit, accepted).predict_proba(unit)[:, 1]
    assert model.probability(columns) == pytest.approx(expected, abs=1e-3)


def test_unknown_values_stand_for_the_mean():
    columns, final, accepted, groups = replies()
    columns["match_end"] = np.where(np.arange(450) % 5 == 0, np.nan, columns["match_end"])
    model = learn(columns, final, accepted, groups).model
    of_mean = {**columns, "match_end": np.where(np.isnan(columns["match_end"]), model.fill[1], columns["match_end"])}
    assert model.fill[1] == pytest.approx(np.nanmean(columns["match_end"]))
    assert (model.probability(columns) == model.probability(of_mean)).all()


def test_it_is_numbers_in_json_and_needs_numpy_alone(tmp_path):
    columns, *rest = replies()
    model = learn(columns, *rest).model
    kept = json.loads(json.dumps(model.as_json()))
    assert Model.from_json(kept) == model
    (tmp_path / "model.json").write_text(json.dumps(kept))
    script = (
        "import json, sys, numpy as np\n"
        "from review.calibration.estimating.learned import Model\n"
        f"model = Model.from_json(json.load(open({str(tmp_path / 'model.json')!r})))\n"
        "print(model.probability({name: np.array([0.5]) for name in model.names})[0])\n"
        "print([name for name in ('sklearn', 'pandas', 'torch') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    probability, loaded = done.stdout.splitlines()
    half = {name: np.array([0.5]) for name in model.names}
    assert float(probability) == pytest.approx(model.probability(half)[0])
    assert loaded == "[]"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"form": 2}, "form 2"), ({"weights": [1.0]}, "one length"), ({"names": None}, "lacks")],
)
def test_other_json_is_refused(change, said):
    kept = {**learn(*replies()).model.as_json(), **change}
    if kept["names"] is None:
        del kept["names"]
    with pytest.raises(ValueError, match=said):
        Model.from_json(kept)


def test_below_200_verdicts_nothing_is_learned():
    columns, final, accepted, groups = replies()
    accepted[LEAST - 1 :] = np.nan
    assert learn(columns, final, accepted, groups) is None
    assert learn(columns, final, accepted, groups, verdicts=400) is not None
    assert learn(columns, final, np.ones(450), groups) is None
    assert learn(columns, final, replies()[2], np.zeros(450)) is None


# --- features


def test_the_features_of_a_reply():
    question, reply, reference = SAID
    found = {name: feature(question, reply, reference) for name, feature in FEATURES.items()}
    assert found["missing_numbers"] == 0.5  # 7 of 3 and 7
    assert found["invented_numbers"] == 0 and found["empty"] == 0 and found["longer"] == 0
    assert found["shorter"] == pytest.approx(1 - len(reply) / len(reference))
    assert 0 < found["overlap"] < 1
    assert FEATURES["invented_numbers"](question, "2 天", reference) == 1
    assert FEATURES["invented_numbers"](question, "订单 1234", reference) == 0
    assert FEATURES["repetition"](question, "好的" * 8, reference) == 13 / 15
    assert FEATURES["repetition"](question, reply, reference) == 0
    assert FEATURES["echo"]("退款", "退款", "") == 1


@pytest.mark.parametrize("name", FEATURES)
def test_an_empty_text_has_features_too(name):
    for texts in (("", "", ""), ("q", "", "r"), ("q", "r", "")):
        assert 0 <= FEATURES[name](*texts) <= 1


def test_languages_are_features():
    found = features_of(*[[text] * 3 for text in SAID], ["zh", "en", "other"])
    assert (found["language_zh"].tolist(), found["language_en"].tolist()) == ([1, 0, 0], [0, 1, 0])
    assert tuple(found) == NAMES


@pytest.mark.django_db
@pytest.mark.database
def test_stored_replies_have_columns(chosen, django_assert_num_queries):
    found = material_of(chosen()).replies
    with django_assert_num_queries(1):
        columns = columns_to_learn(found)
    assert set(columns) == {"similarity", "match_end", "match_cloud", *NAMES}
    assert columns["similarity"].tolist() == found.similarity.tolist()
    assert set(columns["language_en"]) == {1.0} and set(columns["empty"]) == {0.0}
    assert np.isfinite(np.column_stack(list(columns.values()))).all()
    assert (columns["echo"] > 0.5).all()  # "v1 question 7"
