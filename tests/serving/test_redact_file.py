"""No test here may touch the database: the command works on a machine that has none."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

LINES = [
    {"id": 7, "text": "打13800138000，或写信 li.lei@example.com", "nested": {"kept": ["as", None, 1.5]}},
    {"id": 8, "text": "可以退货吗？"},
    {"id": 9, "text": "", "redacted": "an older result", "found": "an older result"},
]
BAD_LINES = [
    ('{"text": 5}', ", field text: expected a text"),
    ('{"text": null}', ", field text: expected a text"),
    ('{"other": "x"}', ", field text: expected a text"),
    ("[1, 2]", ": expected a JSON object"),
    ('{"text": "x"', ": expected a JSON object"),
    ("not JSON", ": expected a JSON object"),
    (b'{"text": "\xff"}', ": expected text in UTF-8"),
]


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "in.jsonl", tmp_path / "out.jsonl"


def write(file, lines):
    file.write_bytes(b"".join(line if isinstance(line, bytes) else line.encode() for line in lines))


def redact_file(infile, outfile):
    said = StringIO()
    call_command("redact_file", infile, outfile, stdout=said, stderr=StringIO())
    return said.getvalue()


def refused(infile, outfile):
    with pytest.raises(CommandError) as caught:
        redact_file(infile, outfile)
    return str(caught.value)


def results(outfile):
    return [json.loads(line) for line in outfile.read_text(encoding="utf-8").splitlines()]


def test_each_line_gets_its_redacted_text_and_where_something_was_found(paths):
    infile, outfile = paths
    write(infile, [json.dumps(line) + "\n" for line in LINES])
    assert redact_file(infile, outfile) == f"3 lines written to {outfile}\n"
    first, second, third = results(outfile)
    assert first["redacted"] == "打[PHONE_1]，或写信 [EMAIL_1]"
    assert first["found"] == [{"kind": "phone", "start": 1, "end": 12}, {"kind": "email", "start": 17, "end": 35}]
    assert [first["text"][one["start"] : one["end"]] for one in first["found"]] == ["13800138000", "li.lei@example.com"]
    assert (second["redacted"], second["found"]) == ("可以退货吗？", [])
    assert (third["redacted"], third["found"]) == ("", [])


def test_what_the_lines_had_is_kept_in_their_order(paths):
    infile, outfile = paths
    write(infile, [json.dumps(line) + "\n" for line in LINES])
    redact_file(infile, outfile)
    assert [{name: line[name] for name in ("id", "text")} for line in results(outfile)] == [
        {name: line[name] for name in ("id", "text")} for line in LINES
    ]
    assert results(outfile)[0]["nested"] == LINES[0]["nested"]


def test_each_line_has_a_numbering_of_its_own(paths):
    infile, outfile = paths
    write(infile, ['{"text": "13800138000"}\n', '{"text": "13900139000"}\n'])
    redact_file(infile, outfile)
    assert [line["redacted"] for line in results(outfile)] == ["[PHONE_1]", "[PHONE_1]"]


def test_chinese_is_written_as_it_is_and_not_escaped(paths):
    infile, outfile = paths
    write(infile, [json.dumps(LINES[1]) + "\n"])
    redact_file(infile, outfile)
    assert "可以退货吗？" in outfile.read_text(encoding="utf-8")


def test_empty_lines_a_byte_order_mark_and_a_missing_last_break_do_no_harm(paths):
    infile, outfile = paths
    write(infile, [b'\xef\xbb\xbf{"text": "a"}\r\n', "\n", "  \n", '{"text": "b"}'])
    assert redact_file(infile, outfile).startswith("2 lines")
    assert [line["text"] for line in results(outfile)] == ["a", "b"]


def test_an_empty_file_becomes_an_empty_file(paths):
    infile, outfile = paths
    write(infile, [])
    redact_file(infile, outfile)
    assert outfile.read_bytes() == b""


def test_more_lines_than_one_batch_all_come_out_in_order(paths):
    infile, outfile = paths
    write(infile, [f'{{"text": "{number}"}}\n' for number in range(600)])
    redact_file(infile, outfile)
    assert [line["text"] for line in results(outfile)] == [str(number) for number in range(600)]


@pytest.mark.parametrize(("bad", "place_and_expected"), BAD_LINES)
def test_a_bad_line_is_named_and_nothing_is_written(paths, bad, place_and_expected):
    infile, outfile = paths
    write(infile, ['{"text": "good"}\n', "\n", bad, "\n", '{"text": "good"}\n'])
    assert refused(infile, outfile) == f"{infile}, line 3{place_and_expected}. Nothing was written."
    assert not outfile.exists()


def test_a_bad_line_after_the_first_batch_leaves_an_older_result_as_it_was(paths):
    infile, outfile = paths
    outfile.write_text("an older result")
    write(infile, ['{"text": "good"}\n'] * 300 + ["{}\n"])
    assert "line 301, field text" in refused(infile, outfile)
    assert outfile.read_text() == "an older result"


def test_a_line_of_many_mebibytes_is_named_and_not_read_whole(paths):
    infile, outfile = paths
    write(infile, ['{"text": "', "x" * (5 * 2**20), '"}\n'])
    assert "line 1: expected a line of at most 4 MiB" in refused(infile, outfile)


def test_a_file_that_is_missing_is_named(paths):
    infile, outfile = paths
    assert refused(infile, outfile) == f"{infile} cannot be read."


def test_a_place_that_cannot_be_written_is_named(paths, tmp_path):
    infile, _ = paths
    write(infile, ['{"text": "a"}\n'])
    assert f"{tmp_path / 'gone' / 'out'} cannot be written" in refused(infile, tmp_path / "gone" / "out")


def test_the_file_may_be_replaced_by_its_own_result(paths):
    infile, _ = paths
    write(infile, ['{"text": "13800138000"}\n'])
    redact_file(infile, infile)
    assert results(infile)[0]["redacted"] == "[PHONE_1]"
