"""Encodings: recognised, chosen by a person, chosen wrongly, broken in one place."""

import pytest

from dialogues.importing.encodings import guessed
from dialogues.importing.problems import BadFile
from tests.dialogues.files import csv_of, format_of, json_lines, refused, talks, written

TALK = [("c", "你好，第0单什么时候发货？"), ("a", "亲，今天发出哦")]
RECORD = {"turns": [{"role": "customer", "text": TALK[0][1]}, {"role": "agent", "text": TALK[1][1]}]}
LINES = json_lines(*[RECORD] * 12)
ROWS = csv_of([["问题", "答案"], *[[TALK[0][1], TALK[1][1]]] * 12])
LOG = "".join(f"我 2026-11-11 10:00:{i:02}\n你好，第{i}单什么时候发货？\n" for i in range(12))
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_recognised(tmp_path, encoding):
    for name, content in (("a.jsonl", LINES), ("a.csv", ROWS)):
        assert talks(written(tmp_path, name, content.encode(encoding))) == [TALK] * 12
    assert len(talks(written(tmp_path, "a.txt", LOG.encode(encoding)))[0]) == 12


def test_big5_is_recognised(tmp_path):
    traditional = [["問題", "答案"], *[["請問這件衣服什麼時候可以出貨", "親愛的顧客您好，今天就會寄出"]] * 12]
    path = written(tmp_path, "a.csv", csv_of(traditional).encode("big5"))
    assert talks(path)[0] == [("c", traditional[1][0]), ("a", traditional[1][1])]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_english_in_utf_16_is_recognised(tmp_path, encoding):
    path = written(tmp_path, "a.jsonl", json_lines(*[{"turns": [{"role": "user", "text": "hi"}]}] * 3).encode(encoding))
    assert len(talks(path)) == 3


def test_gb18030_with_an_emoji_is_recognised(tmp_path):
    path = written(tmp_path, "a.jsonl", (LINES + LINES.replace("你好", "太好了😀👍🏽")).encode("gb18030"))
    assert talks(path)[-1][0][1].startswith("太好了😀👍🏽")


def test_one_broken_line_among_good_ones_is_named_alone(tmp_path):
    lines = LINES.encode().splitlines(keepends=True)
    lines[1] = lines[1].replace("单".encode(), b"\xff\xfe\x80")
    path = written(tmp_path, "a.jsonl", b"".join(lines))
    assert refused(path) == [(2, "bytes", "")]
    assert len(talks(path)) == 11


def test_one_broken_element_of_an_array_is_named_alone(tmp_path):
    content = "[" + ",\n".join(LINES.splitlines()) + "]"
    broken = content.encode().replace("单".encode(), b"\xff\xfe\x80", 1)
    path = written(tmp_path, "a.json", broken)
    assert refused(path) == [(1, "bytes", "")]
    assert len(talks(path)) == 11


def test_one_broken_row_is_named_alone(tmp_path):
    path = written(tmp_path, "a.csv", ROWS.encode().replace("单".encode(), b"\xff", 1))
    assert refused(path) == [(2, "bytes", "")]


def test_a_broken_name_of_a_column_is_shown_as_such(tmp_path):
    path = written(tmp_path, "a.csv", ROWS.encode().replace(b"\r\n", b",x\xff\r\n", 1))
    assert len(talks(path)) == 12


@pytest.mark.parametrize(
    ("encoding", "chosen"), [("gbk", "utf-8"), ("utf-8", "gb18030"), ("gbk", "utf-16"), ("utf-16", "utf-8")]
)
def test_a_wrong_choice_is_said_once_with_what_it_looks_like(tmp_path, encoding, chosen):
    path = written(tmp_path, "a.jsonl", LINES.encode(encoding))
    with pytest.raises(BadFile) as error:
        talks(path, encoding=chosen)
    assert chosen.upper() in str(error.value)
    assert guessed(path.read_bytes()).upper() in str(error.value)


@pytest.mark.parametrize("chosen", ["klingon", "base64", "idna", "rot13", "\ud800", "zlib"])
def test_an_encoding_that_is_none_is_named(tmp_path, chosen):
    with pytest.raises(BadFile, match="not an encoding"):
        talks(written(tmp_path, "a.jsonl", LINES), encoding=chosen)


def test_a_mark_is_no_part_of_the_text_whatever_was_chosen(tmp_path):
    for encoding, chosen in (("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16")):
        assert talks(written(tmp_path, "a.csv", ROWS.encode(encoding)), encoding=chosen) == [TALK] * 12
        content = "[" + ",".join(LINES.splitlines()) + "]"
        assert talks(written(tmp_path, "a.json", content.encode(encoding)), encoding=chosen) == [TALK] * 12


def test_nul_is_no_sign_of_utf_16(tmp_path):
    path = written(tmp_path, "a.csv", "question,answer\nhi\x00,hello\n")
    assert talks(path) == [[("c", "hi\ufffd"), ("a", "hello")]]
    assert format_of(path) == "pairs"


@pytest.mark.parametrize("text", ["浣犲ソ", "锟斤拷", "你好"])
def test_utf_8_is_never_taken_for_gb18030(text):
    assert guessed((text * 20).encode()) == "utf-8"


def test_a_sample_may_end_inside_a_character():
    for encoding in ENCODINGS:
        assert guessed(LINES.encode(encoding)[:-40][:1001]) in (encoding, "gb18030", "utf-16")
