"""Each step of cleaning by its name: what it changes, what it leaves, and what the report says of it."""

import pytest

from dialogues.importing.cleaning import DIALOGUE_STEPS, STEPS, TEXT_STEPS, cleaned
from dialogues.importing.cleaning.counts import Counts
from dialogues.importing.records import ParsedDialogue, ParsedTurn
from tests.build import record
from tests.dialogues.imports import imported_records, stored


def by(step, *turns):
    """What the step makes of these (role, text), and its row in the report."""
    counts = Counts()
    dialogue = ParsedDialogue([ParsedTurn(role, text, text) for role, text in turns])
    after = cleaned(dialogue, [step], counts).turns
    return [turn.text for turn in after], counts.as_json().get(step)


@pytest.mark.parametrize(
    ("step", "said", "kept"),
    [
        ("control", "a\u200bb\u202ec\x07", "abc"),
        ("control", "  a  ", "  a  "),
        ("unicode", "ＡＢ１２，好！", "AB12，好！"),
        ("unicode", "1️⃣ ①", "1️⃣ 1"),
        ("emoticons", "好的#E-s21/:^_^", "好的"),
        ("emoticons", "好的#E-s[数字x]，[数字x]天", "好的，[数字x]天"),
        ("emoticons", "http://a/b", "http://a/b"),
        ("spaces", " a　 b\r\n\r\n c ", "a b\nc"),
        ("spaces", "a \x85b \u2028 \x0c c", "a\nb\nc"),
    ],
)
def test_a_step_for_texts_does_its_work_alone(step, said, kept):
    texts, row = by(step, ("customer", said))
    assert texts == [kept]
    assert (row and row["count"], row and row["examples"]) == ((1, [[said, kept]]) if said != kept else (None, None))


def test_empty_turns_are_left_out_and_counted():
    assert by("empty", ("customer", "a"), ("agent", ""), ("agent", "b")) == (
        ["a", "b"],
        {"count": 1, "examples": [[" | b", "b"]]},
    )


def test_turns_of_one_speaker_are_joined_and_events_stay_apart():
    turns = [("customer", "a"), ("customer", "b"), ("event", "x"), ("event", "y"), ("customer", "c")]
    texts, row = by("joined", *turns)
    assert texts == ["a\nb", "x", "y", "c"]
    assert (row["count"], row["examples"]) == (1, [["a | b", "a\nb"]])


@pytest.mark.parametrize(
    ("role", "text", "kind"),
    [
        ("agent", "您好，欢迎光临小店，有什么可以帮您", "greeting"),
        ("agent", "Hello! How can I help you today?", "greeting"),
        ("agent", "感谢您的支持，祝您生活愉快", "closing"),
        ("customer", "感谢您的支持", ""),
        ("agent", "有货的", ""),
        ("agent", "感谢您的支持，" + "订单今天发出" * 30, ""),
    ],
)
def test_what_is_said_to_everybody_is_marked_and_stays(role, text, kind):
    counts = Counts()
    dialogue = ParsedDialogue([ParsedTurn(role, text, text)])
    (turn,) = cleaned(dialogue, ["formulas"], counts).turns
    assert (turn.text, turn.formula) == (text, kind)
    assert bool(counts.as_json()) == bool(kind)


def test_the_raw_text_is_never_changed():
    said = " Ａ\u200b #E-s21 \r\n"
    dialogue = ParsedDialogue([ParsedTurn("customer", said, said)])
    before = dialogue.content_hash
    (turn,) = cleaned(dialogue, STEPS, Counts()).turns
    assert (turn.raw, turn.text, dialogue.content_hash) == (said, "A", before)


def test_only_the_first_examples_are_kept():
    counts = Counts()
    for i in range(10):
        counts.changed("spaces", f" {i}" * 500, str(i))
    row = counts.as_json()["spaces"]
    assert (row["count"], len(row["examples"]), len(row["examples"][0][0])) == (10, 3, 160)


@pytest.mark.django_db
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_a_person_left_out_is_not_taken(tmp_path, step):
    long = "".join(chr(0x4E00 + i) for i in range(200))
    lines = [
        record("您好\u200b ＡＢ #E-s21  a", "您好，欢迎光临，有什么可以帮您", "", id=0),
        {"id": 1, "turns": [{"role": "user", "text": "a"}, {"role": "user", "text": "打我电话13800138000"}]},
        record(long + "呢", "M 码", id=2),
        record(long + "吗", "M 码", id=3),
    ]
    job = imported_records(tmp_path, *lines, left_out_steps=[step])
    report = job.report["read"]
    assert step not in report["steps"]
    assert set(report["steps"]) == {*TEXT_STEPS, *DIALOGUE_STEPS} - {step}
    assert ("3" in stored()) == (step == "near_duplicates")
    assert bool(report["redacted"]) == (step != "redaction")
