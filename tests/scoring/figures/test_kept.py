"""The kept columns are those of the database, whatever has changed there."""

import numpy as np
import pytest
from django.db import OperationalError
from django.utils import timezone

from dialogues.models import Comparison
from dialogues.removing import remove
from scoring.figures.columns import LANGUAGES, SPLITS
from scoring.figures.kept import KeptColumns
from scoring.fusion import COMPONENTS
from scoring.models import Score, ScorerSet
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]
KIND = Comparison.Kind.HUMAN


@pytest.fixture
def shop():
    made = build.shop()
    build.scored(made, build.version("v1"), [0.25 * (i % 5) for i in range(made.open_turn_count)])
    return made


@pytest.fixture
def kept():
    return KeptColumns()


def columns_now(kept, shop):
    return kept.of(ScorerSet.objects.get(), shop, KIND).columns


def test_every_score_is_there_as_it_is_stored(kept, shop):
    columns = columns_now(kept, shop)
    stored = Score.objects.filter(kind=KIND).select_related("comparison__turn__dialogue").order_by("pk")
    columns = columns.of(columns.ids.argsort())
    assert columns.ids.tolist() == [score.pk for score in stored] != []
    assert columns.references.tolist() == [score.comparison.reference_id for score in stored]
    assert columns.dialogues.tolist() == [score.comparison.turn.dialogue_id for score in stored]
    assert columns.splits.tolist() == [SPLITS[score.split] for score in stored]
    assert columns.languages.tolist() == [LANGUAGES[score.comparison.turn.dialogue.language] for score in stored]
    for name in COMPONENTS:
        found = [None if np.isnan(value) else value for value in getattr(columns, name)]
        assert found == [getattr(score, name) for score in stored]
    assert set(columns.days.tolist()) == {timezone.localdate(score.created_at) for score in stored}


def test_nothing_is_read_again_while_nothing_changes(kept, shop, django_assert_num_queries):
    before = columns_now(kept, shop)
    with django_assert_num_queries(3):  # with that of the scorer set
        assert columns_now(kept, shop) is before


def test_new_scores_are_there_at_once(kept, shop):
    before = len(columns_now(kept, shop))
    v2 = build.version("v2")
    build.scored(shop, v2, [0.5] * shop.open_turn_count)
    columns = columns_now(kept, shop)
    assert len(columns) == Score.objects.filter(kind=KIND).count() > before
    assert v2.pk in columns.versions


def test_what_could_not_be_read_once_is_read_the_next_time(kept, shop, monkeypatch):
    before = len(columns_now(kept, shop))
    build.scored(shop, build.version("v2"), [0.5] * shop.open_turn_count)

    def fails(*_, **__):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as away:
        away.setattr("scoring.figures.kept.read", fails)
        with pytest.raises(OperationalError):
            columns_now(kept, shop)
    assert len(columns_now(kept, shop)) > before


def test_removed_dialogues_are_gone_at_once(kept, shop):
    gone = int(columns_now(kept, shop).dialogues[0])
    remove(shop, [gone])
    assert gone not in columns_now(kept, shop).dialogues


def test_a_process_keeps_a_bounded_number_of_rows(shop):
    kept = KeptColumns(most_rows=1)
    other = build.shop("other")
    build.scored(other, build.version("v2"), [0.5] * other.open_turn_count)
    first = columns_now(kept, shop)
    columns_now(kept, other)
    assert columns_now(kept, shop) is not first
