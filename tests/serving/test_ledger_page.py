import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from django.utils import timezone

from serving import ledger, ledger_search
from serving.models import CloudCall, CloudDay, Quote, QuotedSet, Version
from serving.runtimes.protocol import Message, Reply
from serving.subject import Subject
from tests import build

pytestmark = pytest.mark.django_db

SAID = [{"role": "customer", "text": "我的手机是[PHONE_1]，订单[ORDER_NUMBER_1]"}]


@pytest.fixture
def shop(db):
    return build.shop()


@pytest.fixture
def calls(shop):
    """One that left, one that a recorded reply answered, one that an end model of the shop answered."""
    cloud = Version.objects.create(kind="cloud", name="far", model="openai:x@https://cloud.example/v1")
    recorded = Version.objects.create(kind="cloud", name="written", model="recorded")
    near = Version.objects.create(kind="end", name="near", model="openai:x@http://127.0.0.1:1/v1")
    turn = build.turn(shop, 0)
    about = {"dataset_id": shop.pk, "dialogue_id": turn.dialogue_id, "turn_id": turn.pk}
    done = {"outcome": "answered"}
    return [
        CloudCall.objects.create(version=cloud, purpose="reference", messages=SAID, redactions=2, **about, **done),
        CloudCall.objects.create(version=recorded, purpose="label", messages=SAID, place="file", **done),
        CloudCall.objects.create(version=near, purpose="answer", messages=[], place="server", **done),
    ]


def names(response):
    return [call.version.name for call, _whom in response.context["rows"]]


def shown(client, **values):
    return client.get(reverse("serving:ledger"), values)


def test_it_says_what_left_and_what_stayed_and_whose_words(as_manager, calls, shop):
    page = shown(as_manager).content.decode()
    for place in ("left the shop", "answered by a file on this machine", "asked a server of the shop"):
        assert f'nowrap">{place}</p>' in page
    assert "The words are not kept" in page
    turn = build.turn(shop, 0)
    assert f"{reverse('dialogue', args=[turn.dialogue_id])}#turn-{turn.pk}" in page
    assert f'href="{reverse("dataset", args=[shop.pk])}">shop</a>' in page


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"place": "outside"}, ["far"]),
        ({"place": "file"}, ["written"]),
        ({"place": "server"}, ["near"]),
        ({"place": "?"}, ["near", "written", "far"]),
        ({"purpose": "label"}, ["written"]),
        ({"contains": "ORDER"}, ["written", "far"]),
        ({"contains": "order", "place": "outside"}, ["far"]),
        ({"contains": "nothing like it"}, []),
    ],
)
def test_it_can_be_narrowed(as_manager, calls, values, expected):
    assert names(shown(as_manager, **values)) == expected


def test_it_can_be_narrowed_to_a_dataset_and_to_a_dialogue(as_manager, calls, shop):
    assert names(shown(as_manager, dataset=shop.pk)) == ["far"]
    assert names(shown(as_manager, dialogue=calls[0].dialogue_id)) == ["far"]
    assert list(CloudCall.objects.of_dialogue(calls[0].dialogue_id)) == [calls[0]]


def test_it_can_be_narrowed_to_days(as_manager, calls):
    today = timezone.localdate()
    for age, call in enumerate(reversed(calls)):
        CloudCall.objects.filter(pk=call.pk).update(created_at=timezone.now() - timedelta(days=age))
    assert names(shown(as_manager, first=today)) == ["near"]
    day = today - timedelta(days=1)
    assert names(shown(as_manager, last=day)) == ["written", "far"]
    assert names(shown(as_manager, first=day, last=day)) == ["written"]
    assert names(shown(as_manager, first=today + timedelta(days=1))) == []
    assert names(shown(as_manager, last=date(2020, 1, 2))) == []
    lines = b"".join(as_manager.get(reverse("serving:calls-jsonl"), {"first": day, "last": day})).decode().splitlines()
    assert [json.loads(line)["model"] for line in lines] == ["written"]


def test_end_models_behind_a_server_are_among_the_models(as_manager, calls):
    near = calls[2].version
    assert names(shown(as_manager, version=near.pk)) == ["near"]


def test_a_search_reads_so_many_calls_and_goes_on_where_it_stopped(as_manager, calls, monkeypatch):
    monkeypatch.setattr(ledger_search, "MOST_CALLS", 2)
    first = shown(as_manager, contains="PHONE")
    assert (names(first), first.context["page"].read_to) == (["written"], calls[0])
    assert f"Looked back to call {calls[0].pk} of" in first.content.decode()
    second = shown(as_manager, contains="PHONE", after=first.context["page"].next_cursor)
    assert (names(second), second.context["page"].next_cursor) == (["far"], "")


def test_a_search_reads_so_many_characters(calls, monkeypatch):
    monkeypatch.setattr(ledger_search, "MOST_CHARACTERS", 1)
    found = ledger_search.page_of(CloudCall.objects.all(), "PHONE")
    assert (found.rows, found.read_to) == ([calls[1]], calls[0])  # the newest has no words


@pytest.mark.parametrize("text", ["", "PHONE"])
def test_a_page_looks_back_over_so_many_calls_and_no_call_is_met_twice_or_missed(calls, monkeypatch, text):
    monkeypatch.setattr(ledger_search, "WINDOW", 2)
    wanted = CloudCall.objects.filter(place__in=["outside", "file"])
    first = ledger_search.page_of(wanted, text)
    assert (first.rows, first.read_to) == ([calls[1]], calls[0])
    second = ledger_search.page_of(wanted, text, first.next_cursor)
    assert (second.rows, second.next_cursor, second.read_to) == ([calls[0]], "", None)


def test_a_full_page_goes_on_with_the_next_call(calls, monkeypatch):
    monkeypatch.setattr(ledger_search, "PAGE_SIZE", 2)
    first = ledger_search.page_of(CloudCall.objects.all())
    assert (first.rows, first.read_to) == ([calls[2], calls[1]], None)
    assert ledger_search.page_of(CloudCall.objects.all(), "", first.next_cursor).rows == [calls[0]]


def test_it_costs_the_same_however_many_calls_there_are(as_manager, calls, django_assert_max_num_queries):
    few = CloudCall.objects.count()
    rows = [CloudCall(version=calls[0].version, purpose="label", messages=SAID) for _ in range(60)]
    CloudCall.objects.bulk_create(rows)
    assert CloudCall.objects.count() == few + 60
    with django_assert_max_num_queries(17) as asked:
        shown(as_manager)
    counting = [query["sql"] for query in asked if "COUNT(" in query["sql"]]
    assert counting == []


def test_a_call_shows_its_words_what_was_redacted_and_what_became_of_it(as_manager, calls, shop):
    call = calls[0]
    label = build.label(build.turn(shop, 0), "您好", "teacher", teacher=call.version, cloud_call=call)
    page = as_manager.get(reverse("serving:call", args=[call.pk])).content.decode()
    assert "我的手机是[PHONE_1]" in page
    assert "phone number × 1" in page
    assert "order number × 1" in page
    assert reverse("training:label", args=[label.pk]) in page
    assert f"?dialogue={call.dialogue_id}" in page


def test_the_rows_that_the_filter_shows_are_exported(as_manager, calls):
    CloudCall.objects.filter(pk=calls[1].pk).update(reply="=1+1")
    lines = b"".join(as_manager.get(reverse("serving:calls-jsonl"), {"contains": "PHONE"})).decode().splitlines()
    assert [json.loads(line)["model"] for line in lines] == ["far", "written"]
    assert json.loads(lines[0])["messages"] == SAID
    text = b"".join(as_manager.get(reverse("serving:calls-csv"), {"place": "file"})).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["model"], row["reply"], json.loads(row["messages"])) == ("written", "'=1+1", SAID)


# --- writing


def opened(version, **values):
    return ledger.open_call(version, "label", [Message("customer", "你好")], **values)


def test_a_call_says_whom_it_is_about_and_whom_it_quotes_once_for_all_that_quote_the_same(calls):
    version = calls[0].version
    about = Subject(1, 2, 3).quoting(["b", "a", ""], []).quoting(["c"])
    first, second = (opened(version, place="outside", about=about) for _ in range(2))
    assert (first.dataset_id, first.dialogue_id, first.turn_id) == (1, 2, 3)
    assert (QuotedSet.objects.count(), Quote.objects.count()) == (2, 3)
    assert set(CloudCall.objects.quoting("a")) == {first, second} == set(CloudCall.objects.quoting("c"))
    assert not CloudCall.objects.quoting("d").exists()


def test_what_stayed_is_counted_by_the_day(calls):
    for place in ("file", "file", "server"):
        opened(calls[0].version, place=place)
    assert CloudDay.objects.calls_by_place() == {"outside": 0, "file": 2, "server": 1}
    assert CloudDay.objects.get().tokens == 0


def test_erased_words_do_not_come_back_when_the_call_ends(calls):
    call = opened(calls[0].version, place="outside")
    assert CloudCall.objects.filter(pk=call.pk).erase_words() == 1
    assert CloudCall.objects.filter(pk=call.pk).erase_words() == 0
    ledger.close_call(call, "answered", reply=Reply("您好", 3, 4, 5))
    call.refresh_from_db()
    assert (call.messages, call.reply, call.prompt_hash, call.outcome, call.tokens_in) == ([], "", "", "answered", 4)
    assert call.erased_at


def test_no_column_says_twice_whether_it_left():
    with pytest.raises(FieldDoesNotExist):
        CloudCall._meta.get_field("left")
