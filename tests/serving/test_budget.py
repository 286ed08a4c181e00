import contextlib
import sqlite3
import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from serving.budget import BudgetSpent, estimate, reserve, settle
from serving.models import CloudDay

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def limit(settings):
    settings.CLOUD_TOKENS_PER_DAY = 100


def today():
    return CloudDay.objects.get(day=timezone.localdate())


def test_what_is_reserved_is_counted_with_its_calls():
    reserve(30)
    reserve(20)
    assert (today().tokens, today().calls) == (50, 2)


def test_the_last_token_can_be_reserved_and_not_one_more():
    reserve(100)
    with pytest.raises(BudgetSpent):
        reserve(1)
    assert (today().tokens, today().calls) == (100, 1)


def test_too_much_at_once_sets_nothing_aside_and_a_smaller_call_still_has_room():
    reserve(60)
    with pytest.raises(BudgetSpent):
        reserve(41)
    reserve(40)
    assert (today().tokens, today().calls) == (100, 2)


@pytest.mark.parametrize("tokens", [0, -1])
def test_a_budget_of_nothing_lets_nothing_through(settings, tokens):
    settings.CLOUD_TOKENS_PER_DAY = tokens
    with pytest.raises(BudgetSpent):
        reserve(1)


def test_the_sentence_names_the_setting_and_the_limit(settings):
    settings.CLOUD_TOKENS_PER_DAY = 1_234_567
    with pytest.raises(BudgetSpent, match=r"1,234,567 cloud tokens \(CLOUD_TOKENS_PER_DAY\).*tomorrow"):
        reserve(2_000_000)


def test_settling_gives_back_what_was_not_used():
    day = reserve(80)
    settle(day, 80, 12)
    assert today().tokens == 12
    reserve(88)


def test_settling_more_than_was_reserved_counts_it_all_and_stops_the_next_call():
    day = reserve(80)
    settle(day, 80, 130)
    assert today().tokens == 130
    with pytest.raises(BudgetSpent):
        reserve(0)


def test_settling_takes_no_notice_of_what_others_reserved_meanwhile():
    day = reserve(30)
    reserve(40)
    settle(day, 30, 5)
    assert (today().tokens, today().calls) == (45, 2)


def test_settling_is_one_statement_so_that_nothing_comes_between_reading_and_writing(django_assert_num_queries):
    day = reserve(30)
    with django_assert_num_queries(1):
        settle(day, 30, 5)
    assert today().tokens == 5


def test_a_new_day_has_its_whole_budget_and_an_old_call_is_settled_on_its_own_day(monkeypatch):
    yesterday = date(2026, 3, 1)
    monkeypatch.setattr(timezone, "localdate", lambda: yesterday)
    day = reserve(100)
    monkeypatch.setattr(timezone, "localdate", lambda: yesterday + timedelta(days=1))
    reserve(100)
    settle(day, 100, 7)
    assert list(CloudDay.objects.order_by("day").values_list("tokens", flat=True)) == [7, 100]


def test_an_estimate_is_no_less_than_chinese_text_takes():
    assert estimate(250, 128) == 378


@pytest.fixture
def shared_database(tmp_path, monkeypatch):
    """A database that threads share as processes would: SQLite's test database lies in memory, where they cannot."""
    if connection.vendor == "sqlite":
        file = tmp_path / "shared.sqlite3"
        connection.cursor().execute("VACUUM INTO %s", [str(file)])
        with contextlib.closing(sqlite3.connect(file)) as copy:  # only one connection at a time can set it
            copy.execute("PRAGMA journal_mode=WAL")
        monkeypatch.setitem(connections.databases["default"], "NAME", str(file))


def in_threads(count, work):
    """What `work(number)` returned or raised in each of `count` threads that start at once."""
    gate, ended = threading.Barrier(count), []

    def run(number):
        gate.wait(120)
        try:
            ended.append(work(number))
        except Exception as error:
            ended.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number], daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return ended


def tokens_and_calls(_):
    day = CloudDay.objects.get()
    return day.tokens, day.calls


@pytest.fixture
def slow_reader(monkeypatch):
    """Between reading the day and writing it there is time for others."""
    read = CloudDay.objects.get_or_create

    def read_and_wait(**fields):
        found = read(**fields)
        time.sleep(0.01)
        return found

    monkeypatch.setattr(CloudDay.objects, "get_or_create", read_and_wait)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_reader")
def test_the_stop_holds_when_many_reserve_at_once(shared_database):
    def reserve_all_there_is(number):
        while True:
            reserve(7)

    ended = in_threads(8, reserve_all_there_is)
    assert [type(one) for one in ended] == [BudgetSpent] * 8
    assert in_threads(1, tokens_and_calls) == [(98, 14)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_many_reserve_and_settle_at_once(shared_database, settings):
    settings.CLOUD_TOKENS_PER_DAY = 10_000

    def reserve_and_settle(number):
        for _ in range(4):
            settle(reserve(50), 50, number)

    assert in_threads(6, reserve_and_settle) == [None] * 6
    assert in_threads(1, tokens_and_calls) == [(4 * (0 + 1 + 2 + 3 + 4 + 5), 24)]
