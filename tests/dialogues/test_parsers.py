import pytest

from dialogues.importing.problems import SENTENCES
from dialogues.importing.refused import Refused
from dialogues.importing.turns import parse_turns


def turns(*pairs):
    return {"turns": [{"role": role, "text": text} for role, text in pairs]}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({}, "turns"),
        ({"turns": []}, "turns"),
        ({"turns": "hello"}, "turns"),
        ({"turns": ["hello"]}, "turns[0]"),
        (turns(("customer", "a"), ("shop", "b")), "turns[1].role"),
        ({"turns": [{"role": "customer", "text": 5}]}, "turns[0].text"),
        ({"turns": [{"role": ["customer"], "text": "a"}]}, "turns[0].role"),
        (turns(("customer", "x" * 20_001)), "turns[0].text"),
        (turns(("agent", "only the agent speaks")), "turns"),
        (turns(("customer", "a")) | {"split": "validation"}, "split"),
        (turns(*[("customer", "a")] * 2_001), "turns"),
    ],
)
def test_a_bad_record_names_its_field(record, field):
    with pytest.raises(Refused) as problem:
        parse_turns(record)
    assert problem.value.field == field
    assert problem.value.kind in SENTENCES


def test_a_run_of_customer_messages_is_open_at_its_last():
    parsed = parse_turns(turns(("customer", "hi"), ("customer", "where?"), ("agent", "soon"), ("customer", "ok")))
    assert parsed.replies() == {1: "soon", 3: ""}


def test_an_event_between_question_and_answer_changes_nothing():
    parsed = parse_turns(turns(("customer", "hi"), ("event", "agent joined"), ("agent", "hello")))
    assert parsed.replies() == {0: "hello"}


def test_a_reply_is_all_that_the_agent_says_before_the_customers_next_turn():
    said = turns(("agent", "hi"), ("customer", "a"), ("agent", "b"), ("event", "e"), ("agent", "c"), ("customer", " "))
    parsed = parse_turns({"turns": [*said["turns"], {"role": "agent", "text": "to nothing"}]})
    assert parsed.replies() == {1: "b\nc"}


def test_a_turn_without_text_is_not_open():
    assert parse_turns(turns(("customer", " \u200b"), ("agent", "hello"))).replies() == {}


def test_the_hash_depends_on_raw_text_and_role_alone():
    first = parse_turns(turns(("customer", "a")) | {"id": "1"})
    same = parse_turns(turns(("customer", "a")) | {"id": "2", "split": "test"})
    other = parse_turns(turns(("customer", "a ")))
    assert first.content_hash == same.content_hash != other.content_hash


def test_what_no_database_can_store_is_replaced():
    parsed = parse_turns({"turns": [{"role": "customer", "text": "a\x00b\ud800"}]})
    assert "\x00" not in parsed.turns[0].raw
    parsed.turns[0].raw.encode()
