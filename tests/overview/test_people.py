"""What people said of end answers, one value for each."""

import pytest
from django.utils import timezone

from ecc_site.overview.figures import last_days, total_by_day, verdicts_by_day
from ecc_site.overview.people import DRAWN, reviewed
from review.desk.verdicts import decide, record
from review.models import RoundItem
from review.models.rounds import shop_day
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def said(person, item, preference="end", **values):
    record(person, item, build.verdict_input(preference, **values))


def test_an_answer_counts_with_the_share_of_those_who_accepted_it(person, spec):
    round_ = build.make_round(spec(overlap=2))
    first, second, *_ = round_.items.order_by("pk")
    for name, preferences in {"a": ("end", "both_bad"), "b": ("reference", "both_bad")}.items():
        annotator = person(name, "annotator")
        for item, preference in zip((first, second), preferences, strict=True):
            said(annotator, item, preference)
    found = reviewed(round_.dataset)
    assert found.accepted.tolist() == [0.5, 0.0]
    assert found.turns.tolist() == [first.comparison.turn_id, second.comparison.turn_id]
    assert found.days.tolist() == [timezone.localdate(first.verdicts.first().current.created_at)] * 2


def test_what_a_manager_decides_counts_instead(person, manager, spec):
    round_ = build.make_round(spec(overlap=2))
    item = round_.items.order_by("pk").first()
    said(person("a", "annotator"), item, "end")
    said(person("b", "annotator"), item, "both_bad")
    decide(manager, item, build.verdict_input("end"))
    decide(manager, item, build.verdict_input("both_bad"))
    assert reviewed(round_.dataset).accepted.tolist() == [0.0]


def test_gold_items_and_withdrawn_verdicts_do_not_count(annotator, round_):
    gold, withdrawn, *_ = round_.items.order_by("pk")
    for item in (gold, withdrawn):
        said(annotator, item)
    RoundItem.objects.filter(pk=gold.pk).update(stratum="gold")
    withdrawn.verdicts.update(withdrawn=True)
    assert len(reviewed(round_.dataset)) == 0


def test_only_what_was_drawn_at_random_counts_where_there_is_enough(annotator, round_):
    for item in round_.items.order_by("pk"):
        said(annotator, item)
    RoundItem.objects.filter(pk=item.pk).update(stratum="random")
    found = reviewed(round_.dataset)
    assert found.drawn.sum() == 1 < DRAWN
    assert len(found.representative) == len(found) == 6


def test_nothing_was_said():
    found = reviewed(build.shop())
    assert len(found) == len(found.representative) == 0


def test_verdicts_are_counted_by_the_day_of_the_shop(annotator, round_):
    for item in round_.items.order_by("pk")[:3]:
        said(annotator, item)
    by_day = verdicts_by_day(round_.dataset)
    assert by_day == {shop_day().isoformat(): 3}
    assert total_by_day([by_day, by_day, {"2001-01-01": 9}])[-2:] == [(last_days()[-2], 0), (last_days()[-1], 6)]
