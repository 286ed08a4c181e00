import json

import pytest
from django.core.management import CommandError, call_command

from scoring import loading
from scoring.loading import Scorers
from tests.scoring import tiny_bert
from tests.scoring.by_length import ByLength


@pytest.fixture
def by_length(monkeypatch):
    monkeypatch.setattr(loading, "configured_scorers", lambda: Scorers(ByLength(), ByLength()))


def write(path, *records):
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_it_adds_the_four_numbers_and_keeps_the_rest(tmp_path, by_length):
    infile = write(tmp_path / "in.jsonl", {"query": "qq", "end": "eee", "cloud": "cccc", "id": 7})
    call_command("score_file", infile, tmp_path / "out.jsonl", "--theta", "0.2")
    (line,) = read(tmp_path / "out.jsonl")
    assert line["id"] == 7
    assert (line["similarity"], line["match_end"], line["match_cloud"]) == pytest.approx((3 / 4, 2 / 3, 2 / 4))
    assert line["final"] == pytest.approx(0.8 * 3 / 4 + 0.2 * 2 / 3, abs=1e-6)


def test_alpha_and_theta_can_be_given(tmp_path, by_length):
    infile = write(tmp_path / "in.jsonl", {"query": "qq", "end": "eee", "cloud": "cccc"})
    call_command("score_file", infile, tmp_path / "out.jsonl", "--alpha", "0", "--theta", "0.6")
    assert read(tmp_path / "out.jsonl")[0]["final"] == pytest.approx(3 / 4)  # the Θ rule


def test_null_is_unknown_and_an_empty_answer_is_not(tmp_path, by_length):
    infile = write(
        tmp_path / "in.jsonl",
        {"query": "qq", "end": "eee", "cloud": None},
        {"query": "qq", "end": "", "cloud": "cc"},
        {"query": None, "end": "eee", "cloud": "cccc"},
    )
    call_command("score_file", infile, tmp_path / "out.jsonl", "--theta", "0.2")
    no_reference, empty, no_query = read(tmp_path / "out.jsonl")
    assert (no_reference["similarity"], no_reference["match_cloud"], no_reference["final"]) == (None, None, None)
    assert no_reference["match_end"] == pytest.approx(2 / 3, abs=1e-6)
    assert (empty["similarity"], empty["match_end"], empty["final"]) == (0, 0, 0)
    assert (no_query["similarity"], no_query["final"]) == (0.75, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [('{"query": "q", "end": "e"}', "field cloud"), ("{", "a JSON object"), ('{"query": 1}', "field query")],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, by_length, line, said):
    infile = tmp_path / "in.jsonl"
    infile.write_text('{"query": "q", "end": "e", "cloud": "c"}\n' + line)
    with pytest.raises(CommandError, match=f"line 2.*{said}"):
        call_command("score_file", infile, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_weights_outside_the_unit_interval_are_refused(tmp_path, by_length):
    infile = write(tmp_path / "in.jsonl", {"query": "q", "end": "e", "cloud": "c"})
    with pytest.raises(CommandError, match="alpha"):
        call_command("score_file", infile, tmp_path / "out.jsonl", "--alpha", "1.5")


def test_models_of_a_folder_score_without_a_database(tmp_path, settings):
    settings.SIMILARITY_MODEL = str(tiny_bert.save(tmp_path / "similarity"))
    settings.MATCH_MODEL = str(tiny_bert.save(tmp_path / "match", labels=1))
    infile = write(tmp_path / "in.jsonl", {"query": "在吗", "end": "可以的哦", "cloud": "可以的哦"})
    call_command("score_file", infile, tmp_path / "out.jsonl")
    (line,) = read(tmp_path / "out.jsonl")
    assert line["similarity"] == 1.0
    assert line["match_end"] == line["match_cloud"]


def test_a_model_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, settings):
    settings.SIMILARITY_MODEL = str(tmp_path)
    infile = write(tmp_path / "in.jsonl", {"query": "q", "end": "e", "cloud": "c"})
    with pytest.raises(loading.ScorerUnavailable, match=r"cannot be loaded: it has no modules\.json"):
        call_command("score_file", infile, tmp_path / "out.jsonl")
