"""Rounds, the next item and verdicts over the API: the desk for programs."""

import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from ecc_site.api import verdicts
from review.desk.assignment import next_item
from review.desk.sides import left_side
from review.desk.verdicts import record, undo
from review.models import Assignment, Round, Tag, TurnTag, Verdict, VerdictRevision
from tests.api.caller import Caller, error
from tests.build import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(person):
    return person("bob", "annotator")


def give(program, item: dict, preference: str = "left", key: str | None = None, **said):
    path = f"rounds/{item['round']}/items/{item['id']}/verdict"
    return program.post(path, {"preference": preference, **said}, Idempotency_Key=key or str(uuid.uuid4()))


def blind(round_) -> None:
    Round.objects.filter(pk=round_.pk).update(blind=True)


# --- rounds


def test_annotators_see_the_open_rounds_that_are_theirs(as_annotator_program, as_manager_program, round_, spec, bob):
    closed, of_bob, of_both = (make_round(spec(name=name), by=None) for name in ("closed", "of bob", "of both"))
    Round.objects.filter(pk=closed.pk).update(is_open=False)
    of_bob.annotators.add(bob)
    of_both.annotators.add(bob, as_annotator_program.user)
    names = [row["name"] for page in as_annotator_program.pages("rounds", limit=1) for row in page]
    assert names == ["week 47", "of both"]
    assert [row["name"] for row in as_manager_program.get("rounds")["items"]] == [
        "week 47",
        "closed",
        "of bob",
        "of both",
    ]
    for path in (f"rounds/{closed.pk}/next", f"rounds/{of_bob.pk}/next", f"verdicts?round={of_bob.pk}"):
        assert as_annotator_program.ask("GET", path).status_code == 404
    assert as_manager_program.ask("GET", f"rounds/{closed.pk}/next").status_code == 404


# --- the next item


@pytest.mark.database
def test_the_next_item_is_that_of_the_desk_and_takes_the_dialogue(as_annotator_program, round_, annotator):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    assert item["id"] == next_item(round_, annotator).pk
    assert Assignment.objects.get(annotator=annotator).state == "taken"
    assert (item["question"], item["conversation"]) == ("customer 0.0", [])
    assert item["left"] == {"text": "v1 customer 0.0", "side": "end", "version": "v1"}
    assert item["right"] == {"text": "agent 0.0", "side": "reference", "version": None}
    assert item["score"]["final"] == 0.1
    assert (item["revision"], item["previous"], item["reason"]) == (0, None, "0.10")
    give(as_annotator_program, item)
    following = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    assert [turn["text"] for turn in following["conversation"]] == ["customer 0.0", "agent 0.0"]


def test_a_manager_only_looks(as_manager_program, round_):
    assert as_manager_program.get(f"rounds/{round_.pk}/next")["item"]
    assert not Assignment.objects.exclude(state="free").exists()


def test_where_nothing_is_left_there_is_no_item(as_annotator_program, round_):
    for _ in range(round_.item_count):
        give(as_annotator_program, as_annotator_program.get(f"rounds/{round_.pk}/next")["item"], "tie")
    assert as_annotator_program.get(f"rounds/{round_.pk}/next") == {"item": None}


def test_scores_that_come_after_the_verdict_are_not_there_before(as_annotator_program, round_):
    Round.objects.update(scores="after")
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    assert item["score"] is None
    give(as_annotator_program, item)
    assert not VerdictRevision.objects.get().scores_seen
    assert as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]["reason"] == ""  # which quotes the score


def test_a_blind_item_says_nothing_of_who_wrote_what(as_annotator_program, round_):
    blind(round_)
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    for side in ("left", "right"):
        assert (item[side]["side"], item[side]["version"]) == (None, None)
    assert (item["score"], item["reason"], item["human_reply"]) == (None, "", None)
    assert {item["left"]["text"], item["right"]["text"]} == {"v1 customer 0.0", "agent 0.0"}


def test_blind_sides_stay_for_one_item_and_differ_over_many(round_, annotator, bob):
    blind(round_)
    items = list(Round.objects.get(pk=round_.pk).items.select_related("round"))
    sides = [left_side(item.round, item, person.pk) for item in items for person in (annotator, bob)]
    assert sides == [left_side(item.round, item, person.pk) for item in items for person in (annotator, bob)]
    assert set(sides) == {"end", "reference"}


# --- a verdict


@pytest.mark.database
def test_a_verdict_is_recorded_as_at_the_desk(as_annotator_program, round_, annotator):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    said = {"correction": " better so ", "note": "n", "seconds": 3.5, "revision": item["revision"]}
    response = give(as_annotator_program, item, "right", **said)
    assert response.status_code == 200
    assert response.json()["preference"] == "reference"
    current = Verdict.objects.get(annotator=annotator).current
    assert (current.preference, current.correction, current.note, current.seconds) == (
        "reference",
        "better so",
        "n",
        3.5,
    )
    assert (current.left_side, current.scores_seen) == ("end", True)
    assert Round.objects.get(pk=round_.pk).verdict_count == 1


def test_in_a_blind_round_sides_are_judged_and_identities_stored(as_annotator_program, round_, annotator):
    blind(round_)
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    assert error(give(as_annotator_program, item, "end"))["code"] == "blind"
    response = give(as_annotator_program, item, "left")
    left = "end" if item["left"]["text"].startswith("v1") else "reference"
    assert (response.json()["preference"], response.json()["left_side"]) == (left, left)
    assert not response.json()["scores_seen"]


@pytest.mark.database
def test_a_key_that_is_sent_again_writes_nothing_more(as_annotator_program, round_):
    item, key = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"], str(uuid.uuid4())
    first, again = (give(as_annotator_program, item, "tie", key) for _ in range(2))
    assert first.json() == again.json()
    assert VerdictRevision.objects.count() == 1


def test_a_key_of_somebody_else_is_refused(as_annotator_program, round_, bob):
    key = str(uuid.uuid4())
    give(as_annotator_program, as_annotator_program.get(f"rounds/{round_.pk}/next")["item"], "tie", key)
    other = Caller(bob)
    response = give(other, other.get(f"rounds/{round_.pk}/next")["item"], "tie", key)
    assert (response.status_code, error(response)["code"]) == (422, "key_reused")


def test_a_verdict_without_a_key_is_refused(as_annotator_program, round_):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    response = as_annotator_program.post(f"rounds/{round_.pk}/items/{item['id']}/verdict", {"preference": "tie"})
    assert (response.status_code, error(response)["field"]) == (422, "Idempotency-Key")


@pytest.mark.database
def test_a_verdict_that_was_overtaken_is_a_conflict(as_annotator_program, round_):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    give(as_annotator_program, item, "left")
    response = give(as_annotator_program, item, "right", revision=0)
    assert (response.status_code, error(response)["code"]) == (409, "conflict")
    assert "end better" in error(response)["message"]


@pytest.mark.database
def test_a_dialogue_that_somebody_else_has_by_now_is_a_conflict(as_annotator_program, round_, bob):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    Assignment.objects.filter(state="taken").update(leased_until=timezone.now() - timedelta(minutes=1))
    assert Caller(bob).get(f"rounds/{round_.pk}/next")["item"]["id"] == item["id"]
    response = give(as_annotator_program, item)
    assert (response.status_code, error(response)["code"]) == (409, "conflict")
    assert not Verdict.objects.exists()


@pytest.mark.parametrize(
    "said", [{"preference": "best"}, {"seconds": -1}, {"correction": "x" * 4001}, {"seconds": "3"}, {"revision": 1.5}]
)
def test_what_does_not_fit_is_named(as_annotator_program, round_, said):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    response = give(as_annotator_program, item, **{"preference": "tie", **said})
    assert (response.status_code, error(response)["field"]) == (422, *said)


def test_what_was_taken_back_comes_with_the_item_again(as_annotator_program, round_, annotator):
    item = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    give(as_annotator_program, item, "right", note="hm")
    undo(annotator, round_, uuid.uuid4())
    again = as_annotator_program.get(f"rounds/{round_.pk}/next")["item"]
    assert (again["id"], again["previous"]) == (item["id"], {"preference": "reference", "correction": "", "note": "hm"})
    assert give(as_annotator_program, again, "left", revision=again["revision"]).status_code == 200


# --- verdicts, out


@pytest.fixture
def judged(round_, annotator, bob, verdict_input):
    """Three verdicts of the annotator and three of bob, whose second is withdrawn."""
    for person in (annotator, bob):
        for _ in range(2):
            record(person, next_item(round_, person), verdict_input("tie", note=person.username))
    undo(bob, round_, uuid.uuid4())
    return round_


@pytest.mark.database
def test_managers_read_all_verdicts_and_annotators_their_own(judged, as_manager_program, as_annotator_program):
    pages = as_manager_program.pages("verdicts", round=judged.pk, limit=3)
    rows = [row for page in pages for row in page]
    assert [(row["annotator"], row["withdrawn"]) for row in rows] == [
        *[("annotator", False)] * 2,
        *[("bob", False), ("bob", True)],
    ]
    own = as_annotator_program.get("verdicts", round=judged.pk)["items"]
    assert {row["annotator"] for row in own} == {"annotator"}
    assert len(own) == 2


def test_a_verdict_that_changes_comes_again_behind_the_last_cursor(
    judged, as_manager_program, as_annotator_program, annotator, verdict_input
):
    page = as_manager_program.get("verdicts", round=judged.pk, limit=3)
    first = Verdict.objects.filter(annotator=annotator).earliest("pk")
    record(annotator, first.item, verdict_input("end"))
    rest = as_manager_program.get("verdicts", round=judged.pk, cursor=page["next_cursor"])["items"]
    assert rest[-1]["id"] == first.pk
    assert rest[-1]["preference"] == "end"


@pytest.mark.database
def test_since_leaves_out_what_was_changed_before(judged, as_manager_program):
    VerdictRevision.objects.filter(verdict__annotator__username="annotator").update(
        created_at=timezone.now() - timedelta(days=2)
    )
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = as_manager_program.get("verdicts", round=judged.pk, since=since)["items"]
    assert {row["annotator"] for row in rows} == {"bob"}
    for wrong in ("yesterday", "1", "2026-11-29", "2026-11-29T10:00:00"):
        response = as_manager_program.ask("GET", f"verdicts?round={judged.pk}&since={wrong}")
        assert (response.status_code, error(response)["field"]) == (422, "since")


def test_a_part_is_asked_for_by_what_was_said_by_whom_and_about_what(
    judged, as_manager_program, annotator, verdict_input
):
    own = Verdict.objects.filter(annotator=annotator).order_by("pk").first()
    record(annotator, own.item, verdict_input("end", correction="better so", tags=["尺码错"], signals=["wrong_fact"]))
    tag = Tag.objects.create(name="退货", kind="intent")
    TurnTag.objects.create(turn=own.comparison.turn, tag=tag, kind="intent", similarity=0.9)

    def count(**asked) -> int:
        return len(as_manager_program.get("verdicts", round=judged.pk, **asked)["items"])

    assert count() == 4
    assert (count(preference="end"), count(preference="tie"), count(corrected="true")) == (1, 3, 1)
    assert (count(annotator="bob"), count(annotator="nobody"), count(annotator="bob", preference="end")) == (2, 0, 0)
    assert (count(stratum="worst"), count(stratum="random")) == (4, 0)
    assert (count(error_tag="尺码错"), count(error_tag="尺码"), count(error_tag="\0")) == (1, 0, 0)
    assert (count(signal="wrong_fact"), count(signal="wrong_tone"), count(stratum="chosen")) == (1, 0, 0)
    assert (count(decisions="only"), count(decisions="without"), count(decisions="instead")) == (0, 4, 4)
    assert count(tag="退货") == Verdict.objects.filter(comparison=own.comparison).count()
    assert (count(until="2026-01-01T00:00:00Z"), count(since="2026-01-01T00:00:00Z")) == (0, 4)


@pytest.mark.parametrize(
    "asked", ["preference=best", "corrected=1", "stratum=best", "decisions=yes", "signal=bad", "until=now"]
)
def test_a_part_that_there_cannot_be_is_named(judged, as_manager_program, asked):
    response = as_manager_program.ask("GET", f"verdicts?round={judged.pk}&{asked}")
    assert (response.status_code, error(response)["field"]) == (422, asked.partition("=")[0])


@pytest.mark.parametrize("name", ["no such tag", "\0"])
def test_a_tag_that_there_is_not_is_not_found(judged, as_manager_program, name):
    response = as_manager_program.ask("GET", f"verdicts?round={judged.pk}&tag={quote(name)}")
    assert response.status_code == 404


@pytest.mark.database
def test_a_page_looks_at_a_fixed_number_of_verdicts_and_goes_on_from_there(
    judged, as_manager_program, annotator, verdict_input, monkeypatch
):
    """However few fit: a rare opinion costs a page no more than a common one."""
    monkeypatch.setattr(verdicts, "SCANNED", 1)
    own = Verdict.objects.filter(annotator=annotator).order_by("pk").first()
    record(annotator, own.item, verdict_input("end"))
    pages = as_manager_program.pages("verdicts", round=judged.pk, preference="end")
    assert [len(page) for page in pages] == [0, 0, 0, 1]
    everything = as_manager_program.pages("verdicts", round=judged.pk)
    assert len({row["id"] for page in everything for row in page}) == 4


def test_a_round_that_is_closed_keeps_ones_own_verdicts_readable(judged, as_annotator_program):
    Round.objects.update(is_open=False)
    assert len(as_annotator_program.get("verdicts", round=judged.pk)["items"]) == 2


def test_a_page_is_read_from_an_index_and_nothing_is_sorted(judged):
    if connection.vendor != "sqlite":
        pytest.skip("the plan is that of SQLite")
    rows = Verdict.objects.filter(round=judged, current__gt=3).order_by("current_id")[:51]
    assert "verdict_changed" in rows.explain()
    assert "TEMP B-TREE" not in rows.explain()
