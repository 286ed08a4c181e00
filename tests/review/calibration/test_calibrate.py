import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from scipy import stats
from sklearn.metrics import roc_auc_score

from scoring import loading
from scoring.loading import Scorers
from tests.scoring.by_length import ByLength


@pytest.fixture
def by_length(monkeypatch):
    monkeypatch.setattr(loading, "configured_scorers", lambda: Scorers(ByLength(), ByLength()))


@pytest.fixture
def result(tmp_path, capsys, by_length):
    """What the command prints about a file of these records."""

    def calibrate(records, *options):
        path = tmp_path / "ratings.jsonl"
        path.write_text("\n".join(json.dumps(record) for record in records))
        call_command("calibrate", "--ratings", path, *options)
        printed = capsys.readouterr().out
        return json.loads(printed) if "--json" in options else printed

    return calibrate


def rated(n=60, **more):
    """Questions of ten signs; replies of one to ten, which are rated by how long they are, with noise."""
    lengths = np.random.default_rng(1).integers(1, 11, size=n)
    noise = np.random.default_rng(2).integers(0, 3, size=n)
    return [
        {"query": f"question{i % 20:02}", "response": "r" * int(k), "rating": int(k // 3 + s), **more}
        for i, (k, s) in enumerate(zip(lengths, noise, strict=True))
    ]


def test_without_a_reference_only_match_is_measured_and_it_says_so(result):
    records = rated()
    found = result(records, "--json")
    assert set(found["scores"]) == {"match_end", "length"}
    assert "only the match" in found["note"] and found["fit"] is None
    assert (found["lines"], found["with_reference"], found["clustered_by"]) == (60, 0, "query")
    ratings, lengths = [r["rating"] for r in records], [len(r["response"]) for r in records]
    match = found["scores"]["match_end"]
    assert match["spearman"]["value"] == pytest.approx(stats.spearmanr(lengths, ratings).statistic)
    assert match["kendall"]["value"] == pytest.approx(stats.kendalltau(lengths, ratings).statistic)
    middle = (min(ratings) + max(ratings)) / 2
    assert found["accepted_from"] == min(rating for rating in ratings if rating > middle)
    accepted = [rating > middle for rating in ratings]
    assert match["auc"]["value"] == pytest.approx(roc_auc_score(accepted, lengths))
    assert match["auc"]["low"] < match["auc"]["value"] < match["auc"]["high"]
    assert sum(part["accepted"]["n"] for part in found["curve"]) == 60
    assert 0 <= found["calibration_error"] <= 1


def test_with_references_eq_1_is_measured_and_fitted(result):
    records = [{**record, "dialogue": i // 3} for i, record in enumerate(rated(reference="r" * 10))]
    found = result(records, "--json", "--theta", "0.1", "--accepted-from", "3")
    assert set(found["scores"]) == {"similarity", "match_end", "match_cloud", "final", "length"}
    assert (found["note"], found["clustered_by"], found["accepted_from"]) == ("", "dialogue", 3)
    assert found["parameters"] == {"alpha": 0.8, "theta": 0.1, "threshold": 0.5}
    assert 0 <= found["fit"]["best"]["alpha"] <= 1
    assert found["fit"]["items"] == 60


def test_where_some_lines_have_a_reference_it_says_how_many(result):
    found = result([*rated(30, reference="r" * 9), *rated(30)], "--json")
    assert found["with_reference"] == 30 and "30 of 60" in found["note"]
    assert (found["scores"]["final"]["n"], found["scores"]["match_end"]["n"]) == (30, 60)


def test_pairs_of_responses(result):
    preferences = ["a", "b", "tie", "none"]
    records = [
        {"query": f"question{i:02}", "response_a": "r" * 8, "response_b": "r" * 4, "preference": preferences[i % 4]}
        for i in range(40)
    ]
    found = result(records, "--json")
    assert found["decided"] == 20
    assert {name: figure["value"] for name, figure in found["scores"].items()} == {"match_end": 0.5, "length": 0.5}
    assert found["scores"]["length"]["low"] < 0.5 < found["scores"]["length"]["high"]


def test_it_is_told_in_words_too(result):
    printed = result(rated())
    assert "60 ratings" in printed and "only the match" in printed
    assert "spearman" in printed and "length" in printed
    pair = {"query": "q", "response_a": "rr", "response_b": "r", "preference": "a"}
    assert "pairwise 1.000 of 1 pairs" in result([pair])
    assert "fit" in result(rated(reference="r" * 10), "--theta", "0.1")


def test_the_field_of_the_rating_can_be_named(result):
    records = [{"query": "q", "response": "r", "stars": i % 5} for i in range(10)]
    assert result(records, "--json", "--rating-field", "stars")["lines"] == 10


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"query": "q", "response": "r"}, "field rating: expected a number"),
        ({"query": "q", "response": "r", "rating": True}, "field rating: expected a number"),
        ({"query": "q", "rating": 1}, "field response"),
        ({"query": "q", "response": "r", "rating": 1, "reference": 3}, "field reference"),
        ({"query": "q", "response_a": "r", "response_b": "r", "preference": "a"}, "do not mix"),
    ],
)
def test_a_bad_line_is_named(result, line, said):
    with pytest.raises(CommandError, match=f"line 2.*{said}"):
        result([{"query": "q", "response": "r", "rating": 1}, line])


def test_a_preference_is_one_of_four(result):
    with pytest.raises(CommandError, match=r"line 1, field preference: expected a \| b \| tie \| none"):
        result([{"query": "q", "response_a": "r", "response_b": "r", "preference": "c"}])


def test_what_cannot_be_read_is_refused(result, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("calibrate", "--ratings", tmp_path / "none.jsonl")
    with pytest.raises(CommandError, match="no lines"):
        result([])
    with pytest.raises(CommandError, match="alpha"):
        result(rated(), "--alpha", "2")
