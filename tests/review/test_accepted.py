"""Which replies people accept, as they stand now."""

import numpy as np
import pytest

from dialogues.models import Turn
from review.accepted import accepted_in, accepted_near
from review.desk.verdicts import record
from review.models import Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Alike:
    """Every text is as near as any other."""

    def encode(self, texts):
        return np.ones((len(texts), 1))


def said(round_, annotator, verdict_input, *preferences, **values) -> list[Verdict]:
    items = round_.items.order_by("position")
    pairs = zip(items, preferences, strict=False)
    return [record(annotator, item, verdict_input(preference, **values)) for item, preference in pairs]


def test_a_correction_counts_and_else_the_preferred_reply_that_is_acceptable(round_, annotator, verdict_input):
    said(round_, annotator, verdict_input, "end", "reference", "tie", "both_bad")
    corrected = round_.items.order_by("position")[4]
    record(annotator, corrected, verdict_input("both_bad", correction="better"))
    found = accepted_in(Verdict.objects.values_list("pk", flat=True))
    verdicts = {v.comparison_id: v.pk for v in Verdict.objects.all()}
    items = list(round_.items.order_by("position").select_related("comparison__end", "comparison__reference"))
    replies = [found[pk].reply if (pk := verdicts[item.comparison_id]) in found else None for item in items[:5]]
    first, second, third = (item.comparison for item in items[:3])
    assert replies == [first.end.text, second.reference.text, third.reference.text, None, "better"]
    assert [row.is_correction for row in found.values()].count(True) == 1


def test_what_was_said_of_the_turn_itself_and_what_was_taken_back_is_no_neighbour(round_, annotator, verdict_input):
    said(round_, annotator, verdict_input, "end", "end", "end")
    own, other, third = round_.items.order_by("position")[:3]
    turn = Turn.objects.get(pk=own.comparison.turn_id)
    assert accepted_near(turn, Alike(), 5)[1] == 2
    Verdict.objects.filter(item=other).update(withdrawn=True)
    near, count = accepted_near(turn, Alike(), 5)
    assert (len(near), count) == (1, 1)
    assert Verdict.objects.get(pk=near[0][0]).item == third
    Verdict.objects.update(overruled=True)
    assert accepted_near(turn, Alike(), 5) == ([], 0)
