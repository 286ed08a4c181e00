"""How satisfied customers were, as a file has it: read, kept, shown, and held against the scores."""

import numpy as np
import pytest
from django.urls import reverse

from dialogues.models import Dialogue
from review.calibration.beside.satisfaction import satisfaction_of
from tests import build
from tests.build import record
from tests.dialogues.imports import imported_records

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(("said", "kept"), [(4, 4.0), ("3.5", 3.5), (0, 0.0), (-1, -1.0), ("", None), (None, None)])
def test_a_number_is_kept_whatever_its_range(tmp_path, said, kept):
    imported_records(tmp_path, record("a", "b") | {"satisfaction": said})
    assert Dialogue.objects.get().satisfaction == kept


WRONG = ["very", "4星", "1_000", "1,5", True, [4], {"stars": 4}, "nan", "1e999", 1e308, 10**400, -(10**10)]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: str(value)[:9])
def test_what_is_no_number_is_left_out_and_counted_and_the_dialogue_kept(tmp_path, wrong):
    job = imported_records(tmp_path, record("a", "b") | {"satisfaction": wrong}, record("c", "d"))
    assert (job.added, job.problem_count) == (2, 0)
    assert job.report["read"]["left_out"] == {"satisfaction": 1}
    assert set(Dialogue.objects.values_list("satisfaction", flat=True)) == {None}


def test_a_file_that_comes_again_with_it_brings_it_to_what_is_there(tmp_path):
    imported_records(tmp_path, record("a", "b"), record("c", "d"))
    job = imported_records(tmp_path, record("a", "b") | {"satisfaction": 5}, record("c", "d"))
    assert (job.added, sorted(Dialogue.objects.values_list("satisfaction", flat=True), key=str)) == (0, [5.0, None])
    imported_records(tmp_path, record("a", "b") | {"satisfaction": 4}, record("a", "b"))
    assert Dialogue.objects.filter(satisfaction=4).exists(), "a line without it says nothing"
    imported_records(tmp_path, record("a", "b") | {"satisfaction": 5})
    imported_records(tmp_path, record("a", "b"))
    assert Dialogue.objects.filter(satisfaction=5).exists(), "a file without it says nothing"


def test_the_page_of_the_dialogue_shows_it(tmp_path, as_manager):
    imported_records(tmp_path, record("a", "b") | {"satisfaction": 4.5})
    page = as_manager.get(reverse("dialogue", args=[Dialogue.objects.get().pk])).content.decode()
    assert "satisfaction 4.5" in page


def test_of_dialogues_in_any_order_and_more_than_once():
    dataset = build.shop("rated", ["train"] * 3)
    first, second, third = dataset.dialogues.order_by("pk")
    Dialogue.objects.filter(pk=second.pk).update(satisfaction=3)
    found = satisfaction_of(np.array([third.pk, second.pk, first.pk, second.pk]))
    assert [None if np.isnan(value) else value for value in found] == [None, 3.0, None, 3.0]
