"""How a database finds scores: of a few comparisons by these, however many a scorer set has."""

import pytest
from django.db import connection

from dialogues.models import Comparison
from scoring.models import Score, ScorerSet

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows how many rows a scorer set has")
def test_scores_of_a_few_comparisons_are_found_by_these():
    scorer_set = ScorerSet.objects.create(digest="0" * 64, similarity="a", match="b")
    for few in ([1, 2, 3], Comparison.objects.filter(turn__in=[1, 2])):
        plan = Score.objects.filter(scorer_set=scorer_set, comparison__in=few).explain()
        assert "comparison_id=? AND scorer_set_id=?" in plan
