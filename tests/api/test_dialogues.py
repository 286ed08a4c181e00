"""Datasets and dialogues over the API, out and in."""

import pytest

from dialogues.models import Dataset, Dialogue, GivenVerdict, ImportJob, Turn
from serving.models import RedactionPattern
from tests import build
from tests.api.caller import error

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def turns(*texts: str) -> list[dict]:
    return build.record(*texts)["turns"]


def sent(*dialogues: list[dict], dataset: str = "shop", **fields) -> dict:
    return {"dataset": dataset, "dialogues": [{"turns": said} for said in dialogues], **fields}


def states(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [outcome["state"] for outcome in response.json()["outcomes"]]


# --- out


def test_the_datasets_come_in_pages(as_manager_program):
    names = [build.dataset(build.record("a", "b"), name=f"shop {i}").name for i in range(5)]
    pages = as_manager_program.pages("datasets", limit=2)
    assert [[row["name"] for row in page] for page in pages] == [names[:2], names[2:4], names[4:]]
    assert pages[0][0]["dialogue_count"] == 1


def test_the_dialogues_of_a_dataset_come_in_pages_each_once(as_manager_program):
    shop = build.shop()
    build.shop("other")
    pages = as_manager_program.pages("dialogues", dataset=shop.pk, limit=2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row["id"] for page in pages for row in page] == list(shop.dialogues.values_list("pk", flat=True))


def test_what_is_added_later_comes_behind_the_last_cursor(as_manager_program):
    shop = build.shop()
    page = as_manager_program.get("dialogues", dataset=shop.pk, limit=4)
    build.dataset(build.record("new", "x", split="train"))
    rest = as_manager_program.get("dialogues", dataset=shop.pk, limit=4, cursor=page["next_cursor"])
    assert [row["split"] for row in rest["items"]] == ["test", "train"]


def test_split_and_language_narrow_the_list(as_manager_program):
    shop = build.shop()
    for split, count in (("train", 3), ("dev", 1), ("test", 1)):
        found = as_manager_program.get("dialogues", dataset=shop.pk, split=split)["items"]
        assert [row["split"] for row in found] == [split] * count
    assert as_manager_program.get("dialogues", dataset=shop.pk, language="zh")["items"] == []
    assert len(as_manager_program.get("dialogues", dataset=shop.pk, language="en")["items"]) == 5


def test_a_page_costs_the_same_number_of_queries_however_many_rows(as_manager_program, django_assert_max_num_queries):
    shop = build.shop()
    as_manager_program.get("rounds")  # notes the use
    for limit in (1, 5):
        with django_assert_max_num_queries(6):  # PostgreSQL asks its index twice
            as_manager_program.get("dialogues", dataset=shop.pk, limit=limit)


def test_a_dialogue_has_its_turns_with_their_answers(as_manager_program, world):
    found = as_manager_program.get(f"dialogues/{world.dialogue.pk}")
    assert [turn["role"] for turn in found["turns"]] == ["customer", "agent"]
    answers = {(a["source"], a["side"], a["version"]) for a in found["turns"][0]["answers"]}
    assert ("model", "end", world.end_version.name) in answers
    assert ("human", None, None) in answers
    assert ("annotator", None, None) in answers
    assert "raw" not in found["turns"][0]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4Il0", "WzAuNV0", "Wy0xXQ", "W3RydWVd", "%00", "9" * 300])
def test_a_cursor_that_is_none_is_refused_instead_of_beginning_anew(as_manager_program, cursor):
    response = as_manager_program.ask("GET", f"datasets?cursor={cursor}")
    assert (response.status_code, error(response)["code"], error(response)["field"]) == (
        404,
        "unknown_cursor",
        "cursor",
    )


@pytest.mark.parametrize(
    "asked",
    ["limit=0", "limit=201", "limit=x", "limit=1_0", "limit=", "dataset=", "dataset=1.0", "dataset=9" + "9" * 30],
)
def test_a_parameter_that_does_not_fit_is_named(as_manager_program, asked):
    response = as_manager_program.ask("GET", f"dialogues?dataset=1&{asked}")
    assert (response.status_code, error(response)["code"]) == (422, "invalid")
    assert error(response)["field"] == asked.partition("=")[0]


# --- in


def test_dialogues_are_added_with_what_an_import_makes_of_them(as_manager_program):
    said = turns("  在吗，电话 13812345678  ", "亲，在的")
    response = as_manager_program.post("dialogues", sent(said, turns("发货了吗", "发了")))
    assert states(response) == ["added", "added"]
    dataset = Dataset.objects.get(pk=response.json()["dataset"])
    assert (dataset.name, dataset.dialogue_count, dataset.open_turn_count) == ("shop", 2, 2)
    turn = Turn.objects.get(dialogue=response.json()["outcomes"][0]["dialogue"], position=0)
    assert turn.text == "在吗，电话 [PHONE_1]"
    assert turn.raw == said[0]["text"]
    assert turn.answers.get().text == "亲，在的"
    assert len(as_manager_program.get("dialogues", dataset=dataset.pk)["items"]) == 2


def test_the_shops_own_kinds_of_personal_data_are_redacted(as_manager_program):
    RedactionPattern.objects.create(name="member_number", expression="M[0-9]{8}")
    as_manager_program.post("dialogues", sent(turns("我是 M12345678", "好的")))
    assert Turn.objects.get(role="customer").text == "我是 [MEMBER_NUMBER_1]"


def test_it_is_an_import_that_can_be_seen_and_undone(as_manager_program, as_manager):
    response = as_manager_program.post("dialogues", sent(turns("a", "b")))
    job = ImportJob.objects.get(pk=response.json()["import_job"])
    assert (job.state, job.added, job.done, job.total, job.created_by.username) == ("done", 1, 1, 1, "manager")
    assert (job.file_name, job.can_be_undone) == ("API · nightly", True)
    page = as_manager.get(f"/import/{job.pk}/").content.decode()
    assert "API · nightly" in page
    assert as_manager.get("/jobs/").status_code == 200


def test_what_the_dataset_has_is_not_added_again(as_manager_program):
    first = as_manager_program.post("dialogues", sent(turns("a", "b")))
    again = as_manager_program.post("dialogues", sent(turns("a", "b"), turns("c", "d"), turns("c", "d")))
    assert states(again) == ["repeated", "repeated", "added"]
    assert again.json()["outcomes"][0]["dialogue"] == first.json()["outcomes"][0]["dialogue"]
    assert Dialogue.objects.count() == 2


def test_a_dialogue_that_has_grown_takes_the_place_of_the_earlier_one(as_manager_program):
    for said in (turns("a", "b"), turns("a", "b", "c", "d")):
        response = as_manager_program.post("dialogues", {"dataset": "shop", "dialogues": [{"id": "17", "turns": said}]})
        assert states(response) == ["added"]
    assert Dialogue.objects.get().turn_count == 4


def test_near_duplicates_and_what_nothing_is_left_of_are_named_and_the_rest_is_kept(as_manager_program):
    long = "今天下午三点之前下单的商品当天都可以发货，晚于三点的订单第二天发货，请您放心，谢谢您的支持"
    response = as_manager_program.post(
        "dialogues",
        sent(turns("请问什么时候发货", long), turns("请问什么时候发货", long + "！"), turns(" \u200b", "在")),
    )
    assert states(response) == ["added", "near_duplicate", "refused"]
    problems = [outcome["problem"] for outcome in response.json()["outcomes"]]
    assert problems[0] == ""
    assert "nearly the same" in problems[1]
    assert "at least one turn of the customer" in problems[2]


def test_of_nothing_no_dataset_is_made(as_manager_program):
    response = as_manager_program.post("dialogues", sent(turns(" ", "x")))
    assert states(response) == ["refused"]
    assert (response.json()["dataset"], Dataset.objects.count()) == (None, 0)


def test_answers_and_verdicts_come_with_their_turn(as_manager_program):
    said = turns("电话 13812345678", "好")
    said[0] |= {"end": "打 13812345678", "cloud": "亲", "verdict": {"preference": "reference", "by": "小王"}}
    response = as_manager_program.post("dialogues", sent(said))
    dialogue = as_manager_program.get(f"dialogues/{response.json()['outcomes'][0]['dialogue']}")
    answers = {(a["side"], a["text"]) for a in dialogue["turns"][0]["answers"]}
    assert answers == {(None, "好"), ("end", "打 [PHONE_1]"), ("cloud", "亲")}
    assert GivenVerdict.objects.get().preference == "reference"


def test_never_leaves_is_kept(as_manager_program):
    as_manager_program.post("dialogues", sent(turns("a", "b"), never_leaves=True))
    assert Dialogue.objects.get().never_leaves


BAD = {
    "dialogues[1].turns[0].role": [turns("a", "b"), [{"role": "boss", "text": "x"}]],
    "dialogues[0].turns[1].text": [[{"role": "customer", "text": "x"}, {"role": "agent"}]],
    "dialogues[0].turns[0].text": [[{"role": "customer", "text": "x" * 20_001}]],
    "dialogues[0].turns": [[]],
    "dialogues[0].turns[0].txt": [[{"role": "customer", "text": "a", "txt": "b"}]],
    "dialogues": [],
}


@pytest.mark.parametrize("field", BAD)
def test_a_body_that_does_not_fit_stores_nothing_and_names_the_place(as_manager_program, field):
    response = as_manager_program.post("dialogues", sent(*BAD[field]))
    assert (response.status_code, error(response)["code"], error(response)["field"]) == (422, "invalid", field)
    assert error(response)["message"]
    assert not Dataset.objects.exists()


def test_each_place_is_named(as_manager_program):
    response = as_manager_program.post("dialogues", sent([{"role": "boss", "text": 1}], [], dataset=" "))
    fields = [problem["field"] for problem in error(response)["problems"]]
    assert fields == ["dataset", "dialogues[0].turns[0].role", "dialogues[0].turns[0].text", "dialogues[1].turns"]


def test_more_than_a_hundred_at_once_are_refused(as_manager_program):
    response = as_manager_program.post("dialogues", sent(*[turns("a", "b")] * 101))
    assert (response.status_code, error(response)["field"]) == (422, "dialogues")


def test_a_dataset_of_the_site_takes_none(as_manager_program):
    Dataset.objects.built_in("corpus")
    response = as_manager_program.post("dialogues", sent(turns("a", "b"), dataset="corpus"))
    assert (response.status_code, error(response)["code"], error(response)["field"]) == (409, "built_in", "dataset")
    assert not ImportJob.objects.exists()


def test_signs_that_no_database_stores_are_replaced(as_manager_program):
    response = as_manager_program.post("dialogues", sent(turns("a\0b", "c"), dataset="sh\0p"))
    assert states(response) == ["added"]
    assert Dataset.objects.get().name == "sh\ufffdp"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"dataset": NaN}', "[" * 100_000, b"\xff"])
def test_what_is_no_json_or_no_object_is_refused(as_manager_program, body):
    program = as_manager_program
    response = program.client.post(
        "/api/v1/dialogues",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert response.status_code in (400, 422)
    assert error(response)["code"] in ("unreadable", "invalid")


def test_another_type_of_content_is_refused(as_manager_program):
    program = as_manager_program
    sent_ = {"content_type": "text/plain", "headers": {"Authorization": f"Bearer {program.secret}"}}
    response = program.client.post("/api/v1/dialogues", "{}", **sent_)
    assert (response.status_code, error(response)["code"]) == (415, "unsupported_media_type")
