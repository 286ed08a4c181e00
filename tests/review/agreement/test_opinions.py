"""What people say of an item."""

import uuid

import pytest

from review.agreement.adjudication import adjudicate
from review.desk.verdicts import take_decision_back
from review.models import Verdict
from review.opinions import opinions_by_item
from review.rounds.gold import gold_items

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def said(round_, item):
    return opinions_by_item(Verdict.objects.active().filter(round=round_))[item.pk]


def test_the_newest_decision_counts_instead_of_all_opinions(overlapping, say, people, items, manager, person):
    other = person("other", "manager")
    say(people[0], items[0], "end")
    say(people[1], items[0], "tie")
    assert said(overlapping, items[0]).counted == ["end", "tie"]
    for who, preference in ((manager, "end"), (other, "reference"), (manager, "both_bad")):
        adjudicate(items[0], who, preference, "", uuid.uuid4())
    found = said(overlapping, items[0])
    assert (found.counted, found.opinions, found.comparison) == (["both_bad"], ["end", "tie"], items[0].comparison_id)
    assert gold_items(overlapping, overlapping.pk) == [(items[0].comparison_id, "both_bad")]
    take_decision_back(manager, items[0], uuid.uuid4())
    assert said(overlapping, items[0]).counted == ["reference"]
