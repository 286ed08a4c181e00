"""Deadlines: they stand out, are forecast, and close a round where its manager wanted that."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecc_site.core.models import AuditEntry
from review.desk.verdicts import record
from review.models import Participation, Round, Verdict
from review.models.rounds import shop_day
from review.rounds.changing import set_open
from review.rounds.deadlines import Forecast, close_due, forecast_of
from tests import build

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def due(round_, days, **values):
    Round.objects.filter(pk=round_.pk).update(deadline=shop_day() + timedelta(days=days), **values)
    round_.refresh_from_db()
    return round_


def send(client, round_, account):
    item = round_.items.first()
    verdict = {"key": str(uuid.uuid4()), "item": item.pk, "preference": "tie", "revision": 0}
    body = {"account": account.pk, "verdicts": [verdict], "have": []}
    url = reverse("review:outbox", args=[round_.pk])
    return client.post(url, body, content_type="application/json", headers=ENGLISH)


@pytest.mark.parametrize(
    ("days", "words", "is_near"),
    [
        (9, "9 days left", False),
        (2, "2 days left", True),
        (1, "1 day left", True),
        (0, "last day today", True),
        (-1, "1 day overdue", True),
        (-3, "3 days overdue", True),
    ],
)
def test_a_deadline_says_how_far_it_is_and_stands_out_when_near(as_annotator, as_manager, round_, days, words, is_near):
    assert due(round_, days).is_near == is_near
    for client, url in (
        (as_annotator, reverse("review:queue")),
        (as_annotator, reverse("review:desk", args=[round_.pk])),
        (as_manager, reverse("round", args=[round_.pk])),
        (as_manager, reverse("home")),
    ):
        page = client.get(url, headers=ENGLISH).content.decode()
        assert words in page
        assert ("chip worse" in page) == is_near


def test_without_a_deadline_nothing_is_said(as_annotator, round_):
    page = as_annotator.get(reverse("review:queue"), headers=ENGLISH).content.decode()
    assert "until " not in page


@pytest.mark.parametrize(("url", "name"), [("review:queue", "page"), ("home", "rounds")])
@pytest.mark.database
def test_the_most_urgent_round_comes_first(as_manager, spec, url, name):
    rounds = [build.make_round(spec(name=title), by=None) for title in ("later", "none", "sooner")]
    due(rounds[0], 9)
    due(rounds[2], -1)
    found = as_manager.get(reverse(url)).context[name]
    assert [round_.name for round_ in getattr(found, "rows", found)] == ["sooner", "later", "none"]


@pytest.mark.database
def test_the_queue_has_further_pages_in_the_same_order(as_annotator, spec, monkeypatch):
    for i in range(7):
        made = build.make_round(spec(name=str(i)))
        if i < 5:
            due(made, 7 - i // 2)
    monkeypatch.setattr("review.rounds.views.SHOWN", 3)
    cursor, seen = "", []
    while True:
        page = as_annotator.get(reverse("review:queue"), {"after": cursor}).context["page"]
        seen += [round_.name for round_ in page.rows]
        if not (cursor := page.next_cursor):
            break
    assert seen == ["4", "3", "2", "1", "0", "6", "5"]


@pytest.mark.parametrize(
    ("deadline", "late", "early"), [(date(2026, 12, 1), 2, 0), (date(2026, 12, 3), 0, 0), (date(2026, 12, 6), -3, 3)]
)
def test_a_round_is_forecast_by_its_pace_so_far(deadline, late, early):
    """Two of five in two days: the other three in three more."""
    round_ = Round(wanted_count=5, verdict_count=2, deadline=deadline)
    forecast = forecast_of(round_, NOW - timedelta(days=2), NOW)
    assert forecast == Forecast(date(2026, 12, 3), late)
    assert forecast.early == early


@pytest.mark.parametrize(
    ("wanted", "given", "started"),
    [
        (5, 5, timedelta(days=2)),
        (5, 0, timedelta(days=2)),
        (5, 2, timedelta(minutes=59)),
        (10**6, 1, timedelta(days=9)),
    ],
)
def test_what_cannot_be_forecast_is_not(wanted, given, started):
    assert forecast_of(Round(wanted_count=wanted, verdict_count=given), NOW - started, NOW) is None
    assert forecast_of(Round(wanted_count=5, verdict_count=1), None, NOW) is None


def test_the_managers_pages_say_when_it_will_be_done_and_how_late(as_manager, round_, annotator):
    record(annotator, due(round_, 1).items.first(), build.verdict_input())
    # One of six is given, and the others are done at noon in ten days: far from midnight, however slow the machine.
    noon = datetime.combine(shop_day() + timedelta(days=10), time(12), timezone.get_default_timezone())
    Participation.objects.update(started_at=timezone.now() - (noon - timezone.now()) / 5)
    for url in (reverse("home"), reverse("round", args=[round_.pk])):
        page = as_manager.get(url, headers=ENGLISH).content.decode()
        assert f"at this pace done on {shop_day() + timedelta(days=10)}, 9 days late" in page


# --- closing


@pytest.mark.database
def test_only_what_was_to_close_is_closed_and_only_after_its_day(spec):
    wanted = [build.make_round(spec(name=name), by=None) for name in ("over", "today", "stays", "none")]
    due(wanted[0], -1, closes_at_deadline=True)
    due(wanted[1], 0, closes_at_deadline=True)
    due(wanted[2], -1)
    assert (close_due(), close_due()) == (1, 0)
    assert list(Round.objects.open().order_by("pk")) == wanted[1:]
    assert AuditEntry.objects.get(act="closed_round").by is None


def test_one_that_is_opened_again_stays_open(round_, manager):
    due(round_, -1, closes_at_deadline=True)
    close_due()
    round_.refresh_from_db()
    assert round_.was_closed_by_deadline
    set_open(round_, True, manager)
    assert close_due() == 0
    assert Round.objects.get().is_open


@pytest.mark.database
def test_what_comes_after_the_deadline_is_refused_with_a_sentence_and_taken_when_it_opens_again(
    as_annotator, annotator, round_, manager
):
    due(round_, -1, closes_at_deadline=True)
    close_due()
    response = send(as_annotator, round_, annotator)
    assert response.status_code == 410
    assert "“week 47” closed at its deadline" in response.json()["message"]
    assert not Verdict.objects.exists()
    round_.refresh_from_db()
    set_open(round_, True, manager)
    assert send(as_annotator, round_, annotator).json()["outcomes"][0]["saved"]


def test_one_that_a_manager_closed_takes_what_was_judged_before(as_annotator, annotator, round_, manager):
    set_open(due(round_, 1, closes_at_deadline=True), False, manager)
    assert send(as_annotator, round_, annotator).json()["outcomes"][0]["saved"]


@pytest.mark.parametrize(("deadline", "words"), [("", "needs one"), ("2020-01-31", "This day is over")])
def test_a_round_that_closes_needs_a_day_that_is_to_come(as_manager, round_, deadline, words):
    url = reverse("review:edit-round", args=[round_.pk])
    response = as_manager.post(url, {"name": "r", "deadline": deadline, "closes_at_deadline": "on"}, headers=ENGLISH)
    assert response.status_code == 422
    assert words in response.content.decode()
    later = {"name": "r", "deadline": "2100-01-31", "closes_at_deadline": "on"}
    assert as_manager.post(url, later).status_code == 302
    assert Round.objects.get().closes_at_deadline
