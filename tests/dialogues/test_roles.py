"""Who speaks: names that are known, unknown, numbers, and changed by a person."""

import pytest

from dialogues.importing.roles import KNOWN, NAMES, Roles
from tests.dialogues.files import json_lines, preview_of, refused, rules, talks, upload_of, written


def spoken(folder, *names):
    return written(folder, "x.jsonl", json_lines({"turns": [{"role": name, "text": str(name)} for name in names]}))


@pytest.mark.parametrize("role", NAMES)
def test_every_known_name_has_its_role_in_any_case_and_with_spaces(tmp_path, role):
    for name in NAMES[role].split():
        path = spoken(tmp_path, "user", f" {name.upper()} ")
        assert talks(path) == [[("c", "user"), *([(role[0], f" {name.upper()} ")] if role else [])]]


def test_no_name_has_two_roles():
    names = [name for known in NAMES.values() for name in known.split()]
    assert len(names) == len(set(names)) == len(KNOWN)


def test_an_unknown_name_refuses_its_dialogue_alone(tmp_path):
    lines = [{"turns": [{"role": role, "text": "hi"}]} for role in ("user", "张三", "user")]
    path = written(tmp_path, "x.jsonl", json_lines(*lines))
    assert refused(path) == [(2, "role", "turns[0].role")]
    assert len(talks(path)) == 2


def test_the_preview_counts_the_names_and_knows_the_unknown(tmp_path):
    shown = preview_of(upload_of(spoken(tmp_path, "user", "张三", "张三", 0)), rules())
    assert shown.speakers == [("张三", 2, None), ("user", 1, "customer"), ("0", 1, None)]
    assert shown.unknown_speakers == ["张三", "0"]


def test_numbers_are_names(tmp_path):
    path = spoken(tmp_path, 0, 1, 1.0, 2)
    chosen = {"0": "customer", "1": "agent", "2": "event"}
    assert talks(path, roles=chosen) == [[("c", "0"), ("a", "1"), ("a", "1.0"), ("e", "2")]]


def test_a_person_changes_what_a_name_means(tmp_path):
    path = spoken(tmp_path, "user", "system", "assistant")
    assert talks(path, roles={"USER ": "agent", "assistant": "customer", "system": "event"}) == [
        [("a", "user"), ("e", "system"), ("c", "assistant")]
    ]
    assert talks(path, roles={"assistant": ""}) == [[("c", "user")]]


def test_names_that_begin_with_buyer_are_customers_and_those_of_the_service_are_not():
    names = {
        "买家小王": "customer",
        "Buyer_12": "customer",
        "客户服务1": "agent",
        "客户经理客服": "agent",
        "老买家": None,
    }
    assert {name: Roles({}).of(name) for name in names} == names


def test_a_role_that_is_none_is_not_chosen():
    roles = Roles({"x": "boss", "user": "?"})
    assert (roles.of("x"), roles.of("user")) == (None, "customer")


def test_all_other_names_may_have_one_role_and_those_of_a_shop_tell_theirs(tmp_path):
    path = spoken(tmp_path, "爱吃鱼的猫", "小店客服:云朵", "Acme Support 2")
    assert talks(path, roles={"*": "customer"})[0][0][0] == "c"
    assert [role for role, _text in talks(path, roles={"*": "customer"})[0]] == ["c", "a", "a"]
    assert talks(path, roles={"*": "customer", "爱吃鱼的猫": "event"}) == []


def test_a_dialogue_without_a_customer_is_refused(tmp_path):
    assert refused(spoken(tmp_path, "agent", "event")) == [(1, "no_customer", "")]
