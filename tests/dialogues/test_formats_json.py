"""JSON in every form, on lines and as an array, alone and packed."""

import json

import pytest

from dialogues.importing.problems import BadFile
from tests.dialogues.files import dialogues, format_of, gzipped, json_lines, refused, talks, upload_of, written, zip_of

TALK = [("c", "到哪了"), ("a", "在路上了")]
TURNS = {"id": "d1", "turns": [{"role": "customer", "text": "到哪了"}, {"role": "agent", "text": "在路上了"}]}
MESSAGES = {
    "id": "d1",
    "messages": [
        {"role": "system", "content": "你是客服"},
        {"role": "user", "content": "到哪了"},
        {"role": "assistant", "content": "在路上了"},
    ],
}
CONVERSATIONS = {
    "id": "d1",
    "conversations": [{"from": "human", "value": "到哪了"}, {"from": "gpt", "value": "在路上了"}],
}
TASK = {
    "id": "d1",
    "data": {"dialogue": [{"author": "user", "text": "到哪了"}, {"author": "agent", "text": "在路上了"}]},
    "annotations": [{"result": []}],
}
PAIR = {"id": "d1", "instruction": "到哪了", "output": "在路上了"}
ROWS = [
    {"session_id": "d1", "role": "user", "text": "到哪了"},
    {"session_id": "d1", "role": "shop", "text": "在路上了"},
]

RECORDS = {
    "turns": [TURNS],
    "messages": [MESSAGES],
    "conversations": [CONVERSATIONS],
    "label_studio": [TASK],
    "pairs": [PAIR],
    "turn_rows": ROWS,
}
CONTAINERS = {
    "lines": lambda records: json_lines(*records),
    "one line": lambda records: json.dumps(records, ensure_ascii=False),
    "pretty": lambda records: json.dumps(records, ensure_ascii=False, indent=2),
    "in an object": lambda records: json.dumps({"version": 1, "tags": ["x"], "items": records}, indent=1),
    "pretty, one after the other": lambda records: "\n".join(json.dumps(record, indent=2) for record in records),
    "with BOM and CRLF": lambda records: "\ufeff" + json_lines(*records).replace("\n", "\r\n"),
}
PACKED = {"": lambda content: content.encode(), ".gz": gzipped, ".zip": lambda content: zip_of(a__json=content)}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", RECORDS)
def test_each_form_is_recognised_and_read(tmp_path, name, container, packed):
    path = written(tmp_path, f"x.json{packed}", PACKED[packed](CONTAINERS[container](RECORDS[name])))
    assert format_of(path) == name
    assert talks(path, roles={"shop": "agent"}) == [TALK]
    assert [found.source_id for found in dialogues(path)] == ["d1"]
    assert refused(path) == []


def test_parts_are_joined_and_what_is_no_text_is_counted_by_name(tmp_path):
    asked = {
        "role": "user",
        "content": [{"type": "text", "text": "这个"}, {"type": "image_url", "image_url": {}}, "有吗"],
    }
    called = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
    told = {"role": "tool", "content": "{}"}
    said = {"role": "assistant", "content": [{"type": "text", "text": "有的"}]}
    path = written(tmp_path, "x.jsonl", json_lines({"messages": [asked, called, told, said]}))
    content = next(upload_of(path).records()).content
    assert content.left_out == {"image": 1, "tool call": 1}
    assert talks(path, steps=["empty"]) == [[("c", "这个\n有吗"), ("a", "有的")]]


def test_contents_with_parts_are_read(tmp_path):
    record = {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}, {"role": "model", "parts": [{"text": "hello"}]}]
    }
    assert talks(written(tmp_path, "x.json", json.dumps(record))) == [[("c", "hi"), ("a", "hello")]]


def test_annotations_are_left_out_and_counted(tmp_path):
    path = written(tmp_path, "x.json", json.dumps([TASK, TASK | {"annotations": 5}]))
    assert [record.content.left_out for record in upload_of(path).records()] == [{"annotation": 1}, {}]


def test_a_single_dialogue_in_one_object_is_one_dialogue(tmp_path):
    for i, record in enumerate((TURNS, MESSAGES, CONVERSATIONS, TASK)):
        assert talks(written(tmp_path, f"{i}.json", json.dumps(record, indent=2))) == [TALK]


def test_conversations_that_hold_messages_are_dialogues_each(tmp_path):
    path = written(tmp_path, "x.json", json.dumps({"conversations": [MESSAGES, MESSAGES | {"id": "d2"}]}, indent=2))
    assert talks(path) == [TALK, TALK]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0, "0"), (1.0, "1"), ("a", "a"), (None, ""), (12345678901234567890123, "12345678901234567890123")],
)
@pytest.mark.parametrize("write", [json.dumps, lambda record: json.dumps([record], indent=1)])
def test_ids_are_texts(tmp_path, write, given, kept):
    path = written(tmp_path, "x.json", write(TURNS | {"id": given}))
    assert [found.source_id for found in dialogues(path)] == [kept]


@pytest.mark.parametrize("given", [["a"], {"a": 1}, True])
def test_an_id_that_is_no_text_and_no_number_is_refused(tmp_path, given):
    path = written(tmp_path, "x.jsonl", json_lines(TURNS | {"id": given}, TURNS))
    assert refused(path) == [(1, "plain", "id")]
    assert talks(path) == [TALK]


def test_the_other_fields_of_a_message_are_tried_where_the_first_is_null(tmp_path):
    turns = [{"role": None, "speaker": "user", "text": None, "content": "hi"}]
    assert talks(written(tmp_path, "x.jsonl", json_lines({"turns": turns}))) == [[("c", "hi")]]


def test_records_that_are_no_dialogues_say_which_fields_they_have(tmp_path):
    path = written(tmp_path, "x.jsonl", json_lines({"nested": {"a": 1}, "score": 0.5}))
    with pytest.raises(BadFile, match="score"):
        talks(path)


def test_unknown_fields_are_asked_for_once_and_can_be_named(tmp_path):
    path = written(tmp_path, "x.jsonl", json_lines(*[{"kunde": "到哪了", "shop_says": "在路上了"}] * 40))
    with pytest.raises(BadFile, match=r"question.*kunde, shop_says.*--column question=NAME"):
        talks(path)
    assert talks(path, columns={"question": "kunde", "answer": "shop_says"})[:1] == [TALK]


def test_a_list_of_another_kind_is_wanted_by_a_person(tmp_path):
    path = written(tmp_path, "x.json", json.dumps([TURNS, {"messages": MESSAGES["messages"], "turns": 3}], indent=1))
    assert format_of(path) == "turns"
    assert format_of(path, format="messages") == "messages"
    assert refused(path, format="messages") == [(1, "list", "messages")]
