import pytest

from dialogues.models import Comparison, Turn
from review.models import TurnTag
from review.tags.slicing import tagged
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_comparisons_by_confirmed_or_suggested_tags(asked, returns, shipping, annotator):
    build.answered(asked, build.version())
    first, second, third, fourth, _ = Turn.objects.open_in(asked)
    TurnTag.objects.decide(first, "intent", returns, annotator)
    for turn in (second, third):
        TurnTag.objects.create(turn=turn, tag=returns, kind="intent", similarity=0.5)
    TurnTag.objects.decide(third, "intent", None, annotator)
    TurnTag.objects.decide(fourth, "intent", shipping, annotator)

    def turns(**options):
        return set(tagged(Comparison.objects.all(), returns, **options).values_list("turn", flat=True))

    assert turns() == {first.pk, second.pk}
    assert turns(only_confirmed=True) == {first.pk}
