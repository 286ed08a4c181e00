"""What holds for any record and any bytes: hypothesis looks for those for which it does not."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues.importing.cleaning import STEPS, cleaned
from dialogues.importing.cleaning.counts import Counts
from dialogues.importing.encodings import guessed, is_known
from dialogues.importing.formats import FORMATS
from dialogues.importing.preview import preview_of
from dialogues.importing.problems import SENTENCES, BadFile
from dialogues.importing.records import ParsedDialogue, ParsedTurn
from dialogues.importing.refused import Refused
from dialogues.importing.texts import storable
from dialogues.importing.times import time_of
from tests.dialogues.files import csv_of, json_lines, results, rules, talks, upload_of

# Each example is a file of its own under the same name; none depends on another.
small = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(max_size=30)
any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)  # lone surrogates as well
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3), max_leaves=8
)
names = st.sampled_from(
    [
        "id",
        "turns",
        "messages",
        "conversations",
        "data",
        "role",
        "text",
        "content",
        "question",
        "answer",
        "session_id",
        "split",
        "tool_calls",
        "annotations",
    ]
)
records = st.dictionaries(names | any_text, values, max_size=5)
messages = st.lists(st.dictionaries(names, values, max_size=4), max_size=4)
dialogues = st.fixed_dictionaries({"turns": messages}, optional={"id": values, "split": values})


def is_accounted_for(path: Path) -> None:
    """Every record is a dialogue that can be stored, or left out on purpose, or has a sentence; else the file has."""
    shown = preview_of(upload_of(path), rules(STEPS))
    said = [shown.error, *shown.columns, *shown.problems, *[name for name, _count, _role in shown.speakers]]
    try:
        for place, line, result in results(path, steps=STEPS):
            assert line > 0
            said += [place, *_said(result)]
    except BadFile as error:
        said.append(str(error))
    assert "\x00" not in "".join(said)
    "".join(said).encode()


def _said(result) -> list[str]:
    if isinstance(result, ParsedDialogue):
        assert any(turn.role == "customer" for turn in result.turns)
        assert len(result.source_id) <= 200
        return [
            result.source_id,
            result.split,
            *[turn.raw for turn in result.turns],
            *[turn.text for turn in result.turns],
        ]
    if isinstance(result, Refused):
        return [str(SENTENCES[result.kind]) % json.loads(json.dumps(result.values)), result.field]
    return []


@small
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    is_accounted_for(path)


@small
@given(st.sampled_from(list(FORMATS)), st.integers(0, 400), st.binary(max_size=6), st.integers(0, 6))
def test_any_damage_to_an_example(tmp_path, name, at, put, cut):
    example = FORMATS[name].example.encode() * 3
    path = tmp_path / "x"
    path.write_bytes(example[:at] + put + example[at + cut :])
    is_accounted_for(path)


@small
@given(st.lists(records | dialogues, min_size=1, max_size=4), st.booleans())
def test_any_records_of_json(tmp_path, lines, as_array):
    path = tmp_path / "x"
    path.write_text(json.dumps(lines, indent=1) if as_array else "".join(json.dumps(line) + "\n" for line in lines))
    is_accounted_for(path)


@small
@given(st.lists(st.lists(texts, max_size=5), max_size=6))
def test_any_table(tmp_path, rows):
    path = tmp_path / "x"
    path.write_text(csv_of([["session_id", "role", "text", "time"], *rows]), newline="")
    is_accounted_for(path)


@small
@given(st.lists(st.tuples(st.sampled_from(["customer", "agent"]), texts), min_size=1, max_size=6))
def test_what_was_said_comes_through_word_for_word(tmp_path, said):
    turns = [*said, ("customer", "x")]
    path = tmp_path / "x"
    path.write_text(json_lines({"turns": [{"role": role, "text": text} for role, text in turns]}))
    assert talks(path) == [[(role[0], storable(text)) for role, text in turns]]


@small
@given(st.lists(st.tuples(texts.filter(str.strip), texts.filter(str.strip)), min_size=1, max_size=6))
def test_a_table_gives_back_what_was_written(tmp_path, rows):
    path = tmp_path / "x"
    path.write_text(csv_of([["question", "answer"], *rows]), newline="")
    assert talks(path) == [[("c", storable(question)), ("a", storable(answer))] for question, answer in rows]


@small
@given(
    st.lists(st.tuples(st.sampled_from(["customer", "agent", "event"]), texts), max_size=8),
    st.sets(st.sampled_from(STEPS)),
)
def test_cleaning_twice_is_cleaning_once(said, steps):
    turns = [ParsedTurn(role, storable(text), storable(text)) for role, text in said]
    once = cleaned(ParsedDialogue(list(turns)), steps, Counts()).turns
    assert cleaned(ParsedDialogue(list(once)), steps, Counts()).turns == once


@small
@given(st.binary(max_size=200))
def test_an_encoding_is_always_guessed_that_can_be_read(sample):
    assert is_known(guessed(sample))


@small
@given(any_text | st.integers() | st.floats() | st.datetimes().map(str))
def test_any_time_is_one_that_can_be_stored_or_none(value):
    found = time_of(value)
    assert found is None or (1979 < found.year < 2300 and found.tzinfo)
