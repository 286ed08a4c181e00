"""What the script of the desk sends: several verdicts at once, each saved or refused by itself."""

import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from review.desk import assignment
from review.desk.assignment import LOOKAHEAD, look_at_next, next_items
from review.models import Assignment, Participation, Round, Verdict, VerdictRevision
from tests import build
from tests.build import make_round

pytestmark = pytest.mark.django_db
SCARCE = 20  # verdicts that are left


@pytest.fixture(autouse=True)
def small_round(monkeypatch):
    monkeypatch.setattr(assignment, "SCARCE", SCARCE)


def send(client, round_, *verdicts, account=None, have=()):
    user = account or client.session["_auth_user_id"]
    data = {"account": int(user), "verdicts": list(verdicts), "have": have if have is None else list(have)}
    return client.post(reverse("review:outbox", args=[round_.pk]), data, content_type="application/json")


def said(item, preference="left", **values):
    return {"item": item.pk, "key": str(uuid.uuid4()), "preference": preference, "revision": 0, **values}


@pytest.fixture
def items(round_, annotator):
    """The first two, which the page has."""
    return next_items(round_, annotator, 2)


def test_several_verdicts_are_saved_at_once_and_further_items_come_back(as_annotator, round_, items):
    answer = send(as_annotator, round_, said(items[0]), said(items[1], "tie", note="short", seconds=0.4)).json()
    assert [outcome["saved"] for outcome in answer["outcomes"]] == [True, True]
    assert [verdict.current.preference for verdict in Verdict.objects.order_by("pk")] == ["end", "tie"]
    assert (answer["done"], answer["wanted"], answer["mine"]) == (2, 6, 2)
    assert {item["id"] for item in answer["items"]}.isdisjoint(item.pk for item in items)
    assert "data-item" in answer["items"][0]["html"]
    assert "customer 0.0" in answer["given"][0]["html"]
    participation = Participation.objects.get()
    assert (participation.verdict_count, participation.quick_count) == (2, 1)


def test_what_is_sent_twice_is_saved_once(as_annotator, round_, items):
    verdict = said(items[0])
    for _ in range(2):
        assert send(as_annotator, round_, verdict).json()["outcomes"] == [{"key": verdict["key"], "saved": True}]
    assert VerdictRevision.objects.count() == 1
    round_.refresh_from_db()
    assert round_.verdict_count == 1


def test_the_items_on_hand_are_not_sent_again(as_annotator, round_, items):
    answer = send(as_annotator, round_, have=[items[0].pk]).json()
    assert [item["id"] for item in answer["items"]] == [items[1].pk]


def test_one_that_is_refused_does_not_keep_the_others_back(as_annotator, round_, items):
    wrong = said(items[0], "great", correction="my <b>text</b>")
    answer = send(as_annotator, round_, wrong, said(items[1])).json()
    refused, saved = answer["outcomes"]
    assert (refused["saved"], saved["saved"]) == (False, True)
    assert refused["item"]["id"] == items[0].pk
    assert "my &lt;b&gt;text&lt;/b&gt;" in refused["item"]["html"]


def test_half_a_character_keeps_nothing_back(as_annotator, round_, items):
    broken = said(items[0], correction="in \ud800 48 h", note="\udfff")
    answer = send(as_annotator, round_, broken, said(items[1])).json()
    assert [outcome["saved"] for outcome in answer["outcomes"]] == [True, True]
    revision = Verdict.objects.get(item=items[0]).current
    assert (revision.correction, revision.note) == ("in \ufffd 48 h", "\ufffd")


@pytest.mark.parametrize("pk", [[], {}, None, True, "x", 1.5, 10**30, -1])
def test_what_is_no_item_is_refused_as_an_unknown_one(as_annotator, round_, items, pk):
    answer = send(as_annotator, round_, said(items[0]) | {"item": pk}, said(items[1])).json()
    assert [outcome["saved"] for outcome in answer["outcomes"]] == [False, True]
    assert answer["outcomes"][0]["message"] == "This item is no longer in the round."


def test_who_looks_at_another_round_is_given_no_items(as_annotator, annotator, round_, items):
    answer = send(as_annotator, round_, *map(said, items), have=None).json()
    assert [outcome["saved"] for outcome in answer["outcomes"]] == [True, True]
    assert (answer["items"], answer["ended"]) == ([], "")
    [held] = Assignment.objects.filter(annotator=annotator)
    assert held.state == "done"


def test_an_item_of_another_round_is_refused(as_annotator, round_, items, spec):
    elsewhere = make_round(spec(name="other"), by=None).items.first()
    [outcome] = send(as_annotator, round_, said(elsewhere)).json()["outcomes"]
    assert not outcome["saved"]
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("may_review", [True, False])
def test_nothing_is_saved_for_another_account(as_annotator, round_, items, person, may_review):
    if not may_review:
        round_.annotators.add(person("carol", "annotator"))
    response = send(as_annotator, round_, said(items[0]), account=person("bob", "annotator").pk)
    assert response.status_code == 409
    assert "annotator has signed in" in response.json()["message"]
    assert not Verdict.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]", "{", "[" * 100_000),
        *('{"account": 1, "verdicts": 3}', '{"verdicts": [1]}', '{"have": ["x"]}', '{"have": [1e999]}'),
    ],
)
def test_what_is_no_outbox_is_refused(as_annotator, round_, body):
    response = as_annotator.post(reverse("review:outbox", args=[round_.pk]), body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["message"]


def test_too_many_at_once_are_refused(as_annotator, round_, items):
    assert send(as_annotator, round_, *[said(items[0])] * 11).status_code == 400


def test_a_closed_round_takes_what_was_judged_and_gives_no_more(as_annotator, round_, items):
    Round.objects.update(is_open=False)
    answer = send(as_annotator, round_, said(items[0])).json()
    assert answer["outcomes"][0]["saved"]
    assert answer["items"] == []


def test_undo_brings_the_item_with_its_choice_marked(as_annotator, round_, items):
    send(as_annotator, round_, said(items[0], "tie", note="hm"))
    url = reverse("review:outbox-undo", args=[round_.pk])
    answer = as_annotator.post(url, {"key": uuid.uuid4()}).json()
    assert [item["id"] for item in answer["items"]] == [items[0].pk]
    assert 'chosen" name="preference" value="tie"' in answer["items"][0]["html"]
    assert "hm" in answer["items"][0]["html"]
    assert answer["done"] == 0
    assert as_annotator.post(url, {"key": uuid.uuid4()}).json()["items"] == []
    assert as_annotator.post(url, {"key": "x"}).status_code == 400


def test_only_what_one_has_judged_can_be_looked_at_again(as_annotator, round_, items, person, client):
    url = reverse("review:item", args=[round_.pk, items[0].pk])
    assert as_annotator.get(url).status_code == 404
    send(as_annotator, round_, said(items[0]))
    assert as_annotator.get(url).json()["items"][0]["id"] == items[0].pk
    client.force_login(person("bob", "annotator"))
    assert client.get(url).status_code == 404


def test_a_page_has_more_ahead_only_where_others_have_work_as_well(
    as_annotator, annotator, django_assert_max_num_queries
):
    version = build.version()
    records = (build.record(f"question {i}", f"reply {i}", split="train") for i in range(SCARCE + LOOKAHEAD))
    many = build.dataset(*records, name="many")
    build.answered(many, version)
    round_ = make_round(build.round_spec(many, order="random", version=version), by=None)
    with django_assert_max_num_queries(40):
        answer = send(as_annotator, round_).json()
    assert len(answer["items"]) == LOOKAHEAD
    assert Assignment.objects.filter(annotator=annotator, state="taken").count() == LOOKAHEAD
    Round.objects.update(verdict_count=round_.wanted_count - SCARCE + 1)
    left = [item["id"] for item in answer["items"]][1:]
    first = round_.items.get(pk=answer["items"][0]["id"])
    assert send(as_annotator, round_, said(first), have=left).json()["items"] == []


def test_five_verdicts_and_five_items_cost_few_statements(as_annotator, annotator, django_assert_max_num_queries):
    version = build.version()
    records = (build.record(f"question {i}", f"reply {i}", split="train") for i in range(SCARCE + 3 * LOOKAHEAD))
    many = build.dataset(*records, name="many")
    build.answered(many, version)
    round_ = make_round(build.round_spec(many, order="random", version=version), by=None)
    items = next_items(round_, annotator, LOOKAHEAD)
    send(as_annotator, round_)
    with django_assert_max_num_queries(60):
        send(as_annotator, round_, *map(said, items))


TOO_FEW = r"\((round_id=\?|annotator_id=\?|round_id=\? AND annotator_id=\?)\)$"
WALKS = re.compile(r"SEARCH review_(rounditem|verdict|assignment) USING .*" + TOO_FEW)


def test_no_statement_walks_through_a_round_or_through_all_that_one_has_said(
    as_annotator, round_, items, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60) as asked:
        assert send(as_annotator, round_, said(items[0]), said(items[1], "tie")).json()["items"]
    statements = [row["sql"] for row in asked.captured_queries if row["sql"].startswith(("SELECT", "UPDATE"))]
    plans = [(step, sql) for sql in statements for step in plan_of(sql)]
    assert len(plans) > 30
    assert [row for row in plans if WALKS.search(row[0])] == []


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]


def test_only_named_annotators_review(as_annotator, annotator, round_, person):
    round_.annotators.add(person("bob", "annotator"))
    assert send(as_annotator, round_).status_code == 404
    assert as_annotator.get(reverse("review:desk", args=[round_.pk])).status_code == 404
    assert "week 47" not in as_annotator.get(reverse("review:queue")).content.decode()
    round_.annotators.add(annotator)
    assert send(as_annotator, round_).status_code == 200


def test_who_only_looks_takes_nothing_until_the_first_verdict(as_manager, manager, round_):
    item = look_at_next(round_, manager)
    assert send(as_manager, round_, have=[item.pk]).json()["items"] == []
    assert not Assignment.objects.exclude(state="free").exists()
    answer = send(as_manager, round_, said(item)).json()
    assert answer["outcomes"][0]["saved"]
    assert answer["items"] != []


def test_what_is_ticked_in_a_refused_verdict_comes_back_ticked(as_annotator, annotator, spec):
    round_ = make_round(spec())
    Round.objects.update(error_tags=["price", "tone"], signals=["as_is"])
    round_.refresh_from_db()
    (item,) = next_items(round_, annotator, 1)
    send(as_annotator, round_, said(item, tags=["tone"]))  # in another tab
    ticked = {"tags": ["price"], "signals": ["as_is"], "correction": "x"}
    for refused in (said(item, "right", **ticked), said(item, "nobody", **ticked)):
        html = send(as_annotator, round_, refused).json()["outcomes"][0]["item"]["html"]
        assert re.findall(r'value="(\w+)"[^>]* checked', html) == ["price", "as_is"]
