"""Answers over the API, out and in."""

import pytest

from dialogues.models import Answer, Comparison, Dataset, Turn
from serving.models import Version
from tests import build
from tests.api.caller import error

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop(db):
    return build.shop()


def add(program, *answers, **headers):
    return program.post("answers", {"answers": list(answers)}, **headers)


def answer(turn: Turn, text: str = "在的", side: str = "end", **fields) -> dict:
    return {"turn": turn.pk, "side": side, "text": text, **fields}


def test_a_page_has_all_answers_of_its_dialogues(as_manager_program, shop):
    build.answered(shop, build.version())
    pages = as_manager_program.pages("answers", dataset=shop.pk, limit=2)
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [row["side"] for row in pages[0]] == [None, "end"] * 2
    only = as_manager_program.pages("answers", dataset=shop.pk, source="model")
    assert [row["text"] for row in only[0]] == [f"v1 question {i}" for i in range(5)]


def test_an_answer_is_stored_redacted_and_paired(as_manager_program):
    shop = build.dataset(build.record("电话 13812345678", "好"))
    turn = Turn.objects.get(role="customer")
    response = add(as_manager_program, answer(turn, "打 13812345678"), answer(turn, "亲", "cloud"))
    assert [outcome["state"] for outcome in response.json()["outcomes"]] == ["added", "added"]
    end = Answer.objects.get(pk=response.json()["outcomes"][0]["answer"])
    assert (end.text, end.version.name, end.version.kind) == ("打 [PHONE_1]", "imported (end)", "end")
    assert set(Comparison.objects.values_list("kind", flat=True)) == {"human", "cloud"}
    assert shop.coverages.get(version=end.version).answer_count == 1


def test_the_placeholder_is_that_of_the_dialogue(as_manager_program):
    program = as_manager_program
    said = [{"role": "customer", "text": "电话 13812345678"}, {"role": "customer", "text": "还是 13900000000"}]
    sent = {"dataset": "shop", "dialogues": [{"turns": [*said, {"role": "agent", "text": "好"}]}]}
    assert program.post("dialogues", sent).status_code == 200
    response = add(program, answer(Turn.objects.get(is_open=True), "打 13900000000"))
    assert Answer.objects.get(pk=response.json()["outcomes"][0]["answer"]).text == "打 [PHONE_2]"


def test_models_elsewhere_have_versions_of_their_own_which_answer_nobody(as_manager_program, shop):
    turn = build.turn(shop, 0)
    add(as_manager_program, answer(turn, "one", version="shop-7b"), answer(turn, "two", version="shop-70b"))
    named = Version.objects.filter(name__startswith="shop-")
    assert set(named.values_list("kind", "state", "model")) == {("end", "retired", "imported")}
    assert Answer.objects.filter(turn=turn, version__in=named).count() == 2


def test_an_answer_that_is_there_stays(as_manager_program, shop):
    turn = build.turn(shop, 0)
    first = add(as_manager_program, answer(turn, "one"), answer(turn, "other")).json()["outcomes"]
    again = add(as_manager_program, answer(turn, "two")).json()["outcomes"]
    assert [outcome["state"] for outcome in first + again] == ["added", "exists", "exists"]
    assert len({outcome["answer"] for outcome in first + again}) == 1
    assert Answer.objects.get(source="model").text == "one"


def test_an_empty_answer_is_one_too(as_manager_program, shop):
    assert add(as_manager_program, answer(build.turn(shop, 0), "")).json()["outcomes"][0]["state"] == "added"


@pytest.mark.parametrize("side", ["end", "cloud"])
def test_nobody_answers_in_the_name_of_a_model_of_the_site(as_manager_program, shop, side):
    build.version("mine", kind="end")
    response = add(as_manager_program, answer(build.turn(shop, 0), side=side, version="mine"))
    assert (response.status_code, error(response)["code"]) == (409, "name_taken")
    assert not Answer.objects.filter(source="model").exists()


def test_a_name_is_either_of_an_end_or_of_a_cloud_model(as_manager_program, shop):
    turn = build.turn(shop, 0)
    response = add(as_manager_program, answer(turn, version="x"), answer(turn, side="cloud", version="x"))
    assert (response.status_code, error(response)["code"]) == (409, "name_taken")
    assert not Version.objects.filter(name="x").exists()


def test_one_turn_that_takes_none_refuses_all(as_manager_program, shop):
    turn, agent = build.turn(shop, 0), Turn.objects.filter(role="agent").first()
    missing = add(as_manager_program, answer(turn), {**answer(turn), "turn": 987_654_321})
    assert (missing.status_code, error(missing)["field"]) == (404, "answers[1].turn")
    closed = add(as_manager_program, answer(turn), answer(turn, side="cloud"), answer(agent))
    assert (closed.status_code, error(closed)["field"]) == (409, "answers[2].turn")
    Dataset.objects.update(builtin="corpus")
    measured = add(as_manager_program, answer(turn))
    assert (measured.status_code, error(measured)["code"]) == (409, "not_to_be_answered")
    assert not Answer.objects.filter(source="model").exists()
