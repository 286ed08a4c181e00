"""Dialogues that say nearly the same as another one of the dataset."""

import pytest

from dialogues.importing.cleaning.near_duplicates import alike, bands, of_dataset, shingles
from dialogues.models import Dataset, Sketch
from tests.build import record
from tests.dialogues.imports import counters, imported_records, stored, use

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LONG = "你好，我上周买的那件蓝色羽绒服到现在还没有收到，物流信息也没有更新，麻烦帮我查一下是什么情况，急着穿"
REPLY = "亲，非常抱歉让您久等了，这边帮您联系快递核实一下，稍后给您回复好吗"


def test_nearly_the_same_is_left_out_with_a_sentence_and_its_line(tmp_path):
    job = imported_records(tmp_path, record(LONG, REPLY), record(LONG + "！", REPLY), record("别的问题", "别的回答"))
    assert (job.added, job.problem_count) == (2, 1)
    assert [(p.kind, p.first_lines) for p in job.problems.all()] == [("near_duplicate", [2])]
    assert Sketch.objects.count() == 1
    assert len(set(counters())) == 1


def test_what_an_earlier_import_brought_is_compared_too(tmp_path):
    imported_records(tmp_path, record(LONG, REPLY))
    job = imported_records(tmp_path, record(LONG, REPLY + "呢"))
    assert (job.state, job.added, job.problem_count) == ("failed", 0, 1)
    assert "nearly the same" in job.error


def test_another_dataset_is_not_compared(tmp_path):
    imported_records(tmp_path, record(LONG, REPLY), dataset_name="other")
    assert imported_records(tmp_path, record(LONG, REPLY + "呢")).added == 1
    assert Dataset.objects.get(name="other").dialogue_count == 1


def test_short_dialogues_are_duplicates_only_word_for_word(tmp_path):
    job = imported_records(tmp_path, record("在吗", "在"), record("在吗", "在的"), record("在吗", "在"))
    assert (job.added, job.repeated, job.problem_count) == (2, 1, 0)


def test_it_is_kept_where_a_person_left_the_step_out(tmp_path):
    job = imported_records(
        tmp_path, record(LONG, REPLY), record(LONG + "！", REPLY), left_out_steps=["near_duplicates"]
    )
    assert (job.added, len(stored()[""])) == (2, 2)


def test_alike_is_nine_tenths_of_all_shingles():
    one, other = shingles("a" * 3 + "bcdefghijklmnopqrstuvwxyz0123456789"), shingles("")
    assert alike(one, one)
    assert not alike(one, other)
    assert not alike(one, set(list(one)[: len(one) * 8 // 10]))
    assert alike(one, set(list(one)[: len(one) * 19 // 20]))


def test_equal_texts_have_equal_numbers_in_one_dataset_and_others_elsewhere():
    one, other = of_dataset(bands(LONG), 1), of_dataset(bands(LONG), 2)
    assert one == of_dataset(bands(LONG), 1)
    assert not set(one) & set(other)
    assert all(-(2**63) <= band < 2**63 for band in one)


def test_a_correction_is_like_what_it_corrects_and_kept_all_the_same(tmp_path):
    imported_records(tmp_path, record(LONG, REPLY, id=1))
    use("1")
    job = imported_records(tmp_path, record(LONG, REPLY + "呢", id=1))
    assert (job.added, [problem.kind for problem in job.problems.all()]) == (1, ["same_id"])
    assert len(stored()["1"]) == 2
