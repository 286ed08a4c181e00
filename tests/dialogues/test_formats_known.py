"""What holds for every format: its example is read, and its documentation is there."""

import re
from dataclasses import replace

import pytest
from django.conf import settings

from dialogues.importing.cleaning import STEPS
from dialogues.importing.formats import FORMATS, left_out_in_words
from dialogues.importing.formats.columns import NAMES
from dialogues.importing.problems import SENTENCES
from tests.dialogues.files import dialogues, format_of, talks, written

GUIDE = (settings.BASE_DIR / "docs" / "formats.md").read_text()
TALK = [("c", "在吗，什么时候发货"), ("a", "亲，48小时内发出哦")]


@pytest.mark.parametrize("name", FORMATS)
def test_its_example_is_recognised_and_read(tmp_path, name):
    path = written(tmp_path, "x", FORMATS[name].example)
    assert format_of(path) == name
    assert talks(path, roles={"小店:客服": "agent"}) == [TALK]


@pytest.mark.parametrize("name", FORMATS)
def test_its_example_stands_in_the_guide(name):
    lines = FORMATS[name].example.splitlines()
    assert all(line in GUIDE for line in lines)
    assert f"`{name}`" in GUIDE


def test_the_guide_names_every_step_and_field():
    assert [step for step in STEPS if f"`{step}`" not in GUIDE] == []
    assert [field for field in NAMES if f"`{field}`" not in GUIDE] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_person_may_say_which_it_is(tmp_path, name):
    path = written(tmp_path, "x", FORMATS[name].example)
    assert format_of(path, format=name) == name
    assert len(dialogues(path, format=name, roles={"小店:客服": "agent"})) == 1


def test_every_sentence_can_be_said():
    values = dict.fromkeys(("encoding", "limit", "role", "count", "error", "expected"), "x")
    assert all(str(sentence) % values for sentence in SENTENCES.values())


def test_what_a_format_counts_as_left_out_has_words():
    code = "".join(path.read_text() for path in (settings.BASE_DIR / "dialogues/importing/formats").glob("*.py"))
    counted = re.findall(r'(?:Skipped\(|left_out\[)"([^"]+)"', code)
    assert {"tool call", "annotation", "negative example"} <= set(counted)
    assert [name for name in counted if left_out_in_words(name) == name] == []


def test_one_name_is_in_the_same_words_in_every_format():
    named = {(name, str(words)) for known in FORMATS.values() for name, words in known.left_out.items()}
    assert len({name for name, _words in named}) == len(named)


def test_a_format_brings_its_words_and_what_has_none_is_named_as_it_is(monkeypatch):
    monkeypatch.setitem(FORMATS, "polls", replace(FORMATS["ecd"], name="polls", left_out={"poll": "polls of a group"}))
    assert [left_out_in_words(name) for name in ("poll", "image", "hologram")] == [
        "polls of a group",
        "images",
        "hologram",
    ]
