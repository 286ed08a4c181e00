"""Scores over the API."""

import pytest
from django.db import connection

from scoring.models import Profile, Score
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_scores_of_a_dataset_come_in_pages_with_scorers_and_profile(as_manager_program, reviewed):
    other = build.shop("other")
    build.scored(other, build.version("v2"), [0.5] * 5)
    pages = as_manager_program.pages("scores", dataset=reviewed.pk, limit=3)
    assert [len(page) for page in pages] == [3, 3, 2]
    rows = [row for page in pages for row in page]
    assert [row["final"] for row in rows] == [(i + 1) / 10 for i in range(8)]
    profile = Profile.objects.get(dataset=reviewed)
    assert rows[0]["profile"] == {"alpha": 0.8, "theta": profile.theta, "threshold": 0.5, "revision": 1}
    assert rows[0]["scorer_set"]["similarity"] == "by-hand"
    score = Score.objects.get(pk=rows[0]["id"])
    assert (rows[0]["turn"], rows[0]["end_answer"]) == (score.comparison.turn_id, score.comparison.end_id)
    assert (rows[0]["version"], rows[0]["kind"], rows[0]["split"]) == ("v1", "human", "train")


def test_what_is_unknown_is_null(as_manager_program, reviewed):
    Score.objects.update(final=None, similarity=None)
    row = as_manager_program.get("scores", dataset=reviewed.pk, limit=1)["items"][0]
    assert (row["final"], row["similarity"], row["match_end"]) == (None, None, 0.5)


def test_a_page_costs_the_same_number_of_queries_however_many_rows(
    as_manager_program, reviewed, django_assert_max_num_queries
):
    as_manager_program.get("datasets")  # notes the use
    for limit in (1, 8):
        with django_assert_max_num_queries(4):
            as_manager_program.get("scores", dataset=reviewed.pk, limit=limit)


def test_a_page_is_read_from_an_index_and_nothing_is_sorted(reviewed):
    if connection.vendor != "sqlite":
        pytest.skip("the plan is that of SQLite")
    rows = Score.objects.filter(dataset=reviewed, pk__gt=3).order_by("pk")[:51]
    assert "score_in_order" in rows.explain()
    assert "TEMP B-TREE" not in rows.explain()
