import json

import pytest

from ecc_site.core import jsonl
from ecc_site.core.jsonl import LineProblem, count_lines, read_jsonl, write_jsonl


@pytest.fixture
def file_of(tmp_path):
    def write(content: bytes):
        path = tmp_path / "in.jsonl"
        path.write_bytes(content)
        return path

    return write


def expected(path) -> dict[int, str | dict]:
    return {n: r.expected if isinstance(r, LineProblem) else r for n, r in read_jsonl(path)}


def test_lines_are_numbered_from_one_and_empty_lines_count_without_being_records(file_of):
    assert expected(file_of(b'{"a": 1}\n\n  \r\n{"a": 2}')) == {1: {"a": 1}, 4: {"a": 2}}


def test_a_byte_order_mark_and_windows_line_breaks_do_no_harm(file_of):
    assert expected(file_of(b'\xef\xbb\xbf{"a": "\xe9\xa1\xb5"}\r\n{}\r\n')) == {1: {"a": "页"}, 2: {}}


@pytest.mark.parametrize("line", [b"[1]", b"3", b'"text"', b"null", b"{", b"{'a': 1}", b"[" * 100_000, b"9" * 5000])
def test_a_line_that_is_no_object_is_named_and_the_next_one_is_read(file_of, line):
    assert expected(file_of(line + b'\n{"a": 1}\n')) == {1: "a JSON object", 2: {"a": 1}}


def test_a_line_in_another_encoding_is_named(file_of):
    assert expected(file_of('{"a": "发货"}\n'.encode("gb18030") + b"{}")) == {1: "text in UTF-8", 2: {}}


def test_a_line_that_is_too_long_is_named_and_passed_over_whole(file_of, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2**20)
    path = file_of(b'{"a": "' + b"x" * 3 * 2**20 + b'"}\n{"a": 1}\n')
    assert expected(path) == {1: "a line of at most 1 MiB", 2: {"a": 1}}


@pytest.mark.parametrize(("content", "lines"), [(b"", 0), (b"\n", 1), (b"a", 1), (b"a\n", 1), (b"a\nb", 2)])
def test_lines_are_counted_with_a_last_one_that_has_no_break(file_of, content, lines):
    assert count_lines(file_of(content)) == lines


def test_what_is_written_can_be_read_again(tmp_path):
    records = [{"text": "亲，在的\n\u2028“"}, {"text": "", "score": None}]
    assert write_jsonl(tmp_path / "out.jsonl", iter(records)) == 2
    assert [record for _, record in read_jsonl(tmp_path / "out.jsonl")] == records
    assert "亲" in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_half_a_character_as_JSON_allows_it_is_written_as_it_was_read(file_of, tmp_path):
    records = [record for _, record in read_jsonl(file_of(b'{"text": "\\ud83d cut"}'))]
    write_jsonl(tmp_path / "out.jsonl", records)
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8")) == {"text": "\ud83d cut"}


def test_a_failure_half_way_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("before")

    def broken():
        yield {"a": 1}
        raise LineProblem("text", "a text")

    with pytest.raises(LineProblem):
        write_jsonl(path, broken())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_problem_says_its_field_where_it_has_one():
    assert str(LineProblem("turns[2].role", "one of customer, agent")) == "turns[2].role: one of customer, agent"
    assert str(LineProblem("", "a JSON object")) == "a JSON object"
