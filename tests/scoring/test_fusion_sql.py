import itertools

import numpy as np
import pytest

from dialogues.models import Answer, Comparison
from scoring.fusion import COMPONENTS, final_score
from scoring.fusion_sql import final_expression
from scoring.models import Profile, Score
from serving.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.database]
VALUES = [None, 0.0, 0.19, 0.2, 0.5, 1.0]


@pytest.mark.parametrize(("alpha", "theta"), [(0.8, 0.2), (0.0, 0.0), (1.0, 1.0), (0.35, 0.5)])
def test_the_database_agrees_with_numpy_on_every_case(compared, scorer_set, alpha, theta):
    profile = Profile.objects.active_for(compared, scorer_set)
    comparison = Comparison.objects.first()
    turn, end = comparison.turn, comparison.end
    rows = []
    for i, parts in enumerate(itertools.product(VALUES, repeat=3)):
        version = Version.objects.create(kind="cloud", name=f"c{i}", model="c")
        reference = Answer.objects.create(turn=turn, source="model", version=version, text="x")
        pair = Comparison.objects.create(
            end=end, reference=reference, kind="cloud", turn=turn, dataset=compared, version=end.version, split="train"
        )
        components = dict(zip(COMPONENTS, parts, strict=True))
        common = {"dataset": compared, "version": end.version, "kind": "cloud", "split": "train", "profile": profile}
        rows.append(Score(comparison=pair, scorer_set=scorer_set, **components, **common))
    Score.objects.bulk_create(rows)
    found = Score.objects.annotate(by_sql=final_expression(alpha, theta)).order_by("id")
    by_sql = np.array([row.by_sql for row in found], dtype=float)
    parts = [np.array([getattr(row, name) for row in found], dtype=float) for name in COMPONENTS]
    np.testing.assert_allclose(by_sql, final_score(*parts, alpha=alpha, theta=theta), equal_nan=True)
    assert np.isnan(by_sql).any()
    assert not np.isnan(by_sql).all()
