"""A dialogue that comes again with the same id and other content."""

import pytest

from dialogues.models import Dialogue
from tests.build import record
from tests.dialogues.imports import counters, imported_records, stored, use

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_corrected_dialogue_takes_the_place_of_the_earlier_one(tmp_path):
    first = [record(f"问题{i}", f"回答{i}", id=i, split="test") for i in range(4)]
    imported_records(tmp_path, *first)
    job = imported_records(tmp_path, *first[:1], record("问题1", "回答1（更正）", id=1), *first[2:])
    assert (job.added, job.repeated, job.replaced, job.problem_count) == (1, 3, 1, 0)
    assert stored() == {str(i): [[f"问题{i}", "回答1（更正）" if i == 1 else f"回答{i}"]] for i in range(4)}
    assert set(Dialogue.objects.values_list("split", flat=True)) == {"test"}
    assert len(set(counters())) == 1


def test_the_id_0_is_an_id(tmp_path):
    imported_records(tmp_path, record("a", "b", id=0))
    assert imported_records(tmp_path, record("a", "c", id="0")).replaced == 1
    assert stored() == {"0": [["a", "c"]]}


def test_one_that_is_in_use_stays_and_the_new_one_is_kept_beside_it(tmp_path):
    imported_records(tmp_path, record("a", "b", id=1), record("c", "d", id=2))
    use("1")
    job = imported_records(tmp_path, record("a", "B", id=1), record("c", "D", id=2))
    assert (job.added, job.replaced, job.problem_count) == (2, 1, 0)
    assert [(p.kind, p.first_lines, p.is_kept) for p in job.problems.all()] == [("same_id", [1], True)]
    assert stored() == {"1": [["a", "b"], ["a", "B"]], "2": [["c", "D"]]}


def test_an_id_that_comes_twice_in_one_file_says_nothing(tmp_path):
    job = imported_records(tmp_path, record("a", "b", id=1), record("a", "c", id=1))
    assert (job.added, job.replaced) == (2, 0)
    assert [(p.kind, p.first_lines) for p in job.problems.all()] == [("same_id", [2])]
    assert imported_records(tmp_path, record("a", "d", id=1)).replaced == 0
    assert len(stored()["1"]) == 3


def test_an_id_that_comes_twice_in_a_later_file_replaces_nothing(tmp_path):
    imported_records(tmp_path, record("a", "b", id=1))
    job = imported_records(tmp_path, record("a", "c", id=1), record("a", "d", id=1))
    assert (job.added, job.replaced) == (2, 0)
    assert stored()["1"] == [["a", "b"], ["a", "c"], ["a", "d"]]
    again = imported_records(tmp_path, record("a", "b", id=2), record("a", "b", id=1), record("a", "e", id=1))
    assert (again.replaced, len(stored()["1"])) == (0, 4)


def test_the_same_file_again_changes_nothing(tmp_path):
    records = [record("a", "b", id=1), record("a", "c", id=1), record("d", "e")]
    imported_records(tmp_path, *records)
    before = stored()
    job = imported_records(tmp_path, *records)
    assert (job.added, job.repeated, job.replaced) == (0, 3, 0)
    assert stored() == before


def test_an_id_without_text_is_none(tmp_path):
    imported_records(tmp_path, record("a", "b", id=""), record("c", "d", id=None))
    assert imported_records(tmp_path, record("e", "f", id="")).replaced == 0
    assert stored() == {"": [["a", "b"], ["c", "d"], ["e", "f"]]}
