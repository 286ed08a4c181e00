"""Tables: CSV, TSV, Excel and Parquet, alone and packed."""

from datetime import UTC, datetime

import pytest

from dialogues.importing.formats import turn_rows
from dialogues.importing.problems import BadFile
from tests.dialogues.files import (
    csv_of,
    dialogues,
    format_of,
    gzipped,
    json_lines,
    parquet_of,
    preview_of,
    refused,
    rules,
    talks,
    upload_of,
    written,
    xlsx_of,
    zipped,
)

ROWS = [
    ["会话ID", "角色", "内容", "时间"],
    ["d1", "客户", "到哪了", "2026-11-11 10:00:00"],
    ["d2", "客户", "有吗", "2026-11-11 10:00:30"],
    ["d1", "客服", "在路上了", "2026-11-11 10:01:00"],
    ["d2", "客服", "有的, 亲\n需要吗", "2026-11-11 10:02:00"],
]
TALKS = [[("c", "到哪了"), ("a", "在路上了")], [("c", "有吗"), ("a", "有的, 亲\n需要吗")]]
PAIRS = [["问题", "答案", "编号"], ["到哪了", "在路上了", "7"], ["有吗", "有的", "8"]]


def records(rows):
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


TABLES = {
    "csv": csv_of,
    "tsv": lambda rows: csv_of(rows, "\t"),
    "semicolons": lambda rows: csv_of(rows, ";"),
    "xlsx": xlsx_of,
    "parquet": lambda rows: parquet_of(records(rows)),
}
PACKED = {"": lambda content: content, ".gz": gzipped, ".zip": lambda content: zipped({"a/ 表.x": content})}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("table", TABLES)
def test_one_turn_a_row_may_be_interleaved(tmp_path, table, packed):
    path = written(tmp_path, f"x{packed}", PACKED[packed](TABLES[table](ROWS)))
    assert format_of(path) == "turn_rows"
    assert talks(path) == TALKS
    first, second = dialogues(path)
    assert (first.source_id, second.source_id) == ("d1", "d2")
    assert first.ended_at == datetime(2026, 11, 11, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("table", TABLES)
def test_one_question_and_answer_a_row(tmp_path, table, packed):
    path = written(tmp_path, f"x{packed}", PACKED[packed](TABLES[table](PAIRS)))
    assert format_of(path) == "pairs"
    assert talks(path) == [[("c", "到哪了"), ("a", "在路上了")], [("c", "有吗"), ("a", "有的")]]
    assert [found.source_id for found in dialogues(path)] == ["7", "8"]


def test_rows_stand_in_the_order_of_their_times(tmp_path):
    rows = [["id", "role", "text", "time"], ["d", "agent", "2", 1794304860], ["d", "user", "1", 1794304800]]
    rows[0][0] = "dialogue_id"
    assert talks(written(tmp_path, "x.csv", csv_of(rows))) == [[("c", "1"), ("a", "2")]]


def test_excel_has_dates_and_numbers_as_they_are_read(tmp_path):
    rows = [["session_id", "role", "text", "time"]]
    rows += [[1.0, "user", 12345678901, datetime(2026, 11, 11, 10, 0, 5)], [1, "agent", 0.5, datetime(2026, 11, 11, 9)]]
    path = written(tmp_path, "x.xlsx", xlsx_of(rows))
    assert talks(path) == [[("a", "0.5"), ("c", "12345678901")]]
    assert [(found.source_id, found.ended_at.hour) for found in dialogues(path)] == [("1", 10)]


def test_lists_in_parquet_are_messages(tmp_path):
    messages = [{"role": "user", "content": "到哪了"}, {"role": "assistant", "content": "在路上了"}]
    path = written(tmp_path, "x.parquet", parquet_of([{"id": 0, "messages": messages}] * 250))
    assert format_of(path) == "messages"
    found = dialogues(path)
    assert (len(found), found[0].source_id) == (250, "0")


def test_rows_of_json_may_have_the_id_0(tmp_path):
    rows = [{"dialogue_id": 0, "role": 0, "text": "hi"}, {"dialogue_id": 0, "role": 1, "text": "hello"}]
    path = written(tmp_path, "x.jsonl", json_lines(*rows))
    assert talks(path, roles={"0": "customer", "1": "agent"}) == [[("c", "hi"), ("a", "hello")]]


def test_columns_that_nothing_is_known_of_are_asked_for_once(tmp_path):
    rows = [["a1", "b1", "c1"]] + [[i, "user", "hi"] for i in range(50)]
    path = written(tmp_path, "x.csv", csv_of(rows))
    with pytest.raises(BadFile, match=r"dialogue, role, text.*a1, b1, c1.*--column dialogue=NAME"):
        talks(path)
    seen = preview_of(upload_of(path), rules())
    assert "a1, b1, c1" in seen.error
    assert (seen.columns, seen.fields) == (("a1", "b1", "c1"), dict.fromkeys(turn_rows.FIELDS, ""))
    named = {"dialogue": "a1", "role": "b1", "text": "c1"}
    assert len(talks(path, columns=named)) == 50


def test_a_column_that_the_table_does_not_have_is_missing(tmp_path):
    path = written(tmp_path, "x.csv", csv_of(ROWS))
    with pytest.raises(BadFile, match="text"):
        talks(path, columns={"text": "Inhalt"})


def test_a_person_may_say_that_there_is_no_time(tmp_path):
    path = written(tmp_path, "x.csv", csv_of(ROWS))
    assert dialogues(path, columns={"time": ""})[0].ended_at is None


def test_duplicate_and_empty_names_of_columns_are_told_apart(tmp_path):
    path = written(tmp_path, "x.csv", "dialogue_id,role,text,text,,\n1,user,hi,hallo,x,\n2,user,yo,ja,,\n")
    assert next(upload_of(path).readings()).columns == ("dialogue_id", "role", "text", "text (2)")
    assert refused(path) == [(2, "columns", "")]
    assert talks(path, columns={"text": "text (2)"}) == [[("c", "ja")]]


def test_short_rows_are_filled_and_empty_ones_skipped(tmp_path):
    path = written(tmp_path, "x.csv", "question,answer\nonly a question\n\n,\n,no question\n")
    assert talks(path) == [[("c", "only a question")]]
    assert refused(path) == [(5, "field", "question")]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    rows = "".join(f"q{i},a{i}\n" for i in range(3))
    path = written(tmp_path, "x.csv", f'question,answer\n{rows}"open,a\n{rows}')
    assert refused(path) == [(5, "open_quote", "")]
    assert len(talks(path)) == 6


def test_a_quote_that_is_never_closed_in_a_long_file_costs_one_row(tmp_path):
    rows = "".join(f"question {i},answer {i}\n" for i in range(60_000))
    path = written(tmp_path, "x.csv", f'question,answer\n"open,a\n{rows}')
    assert refused(path) == [(2, "quotes", "")]
    assert len(talks(path)) == 60_000


def test_lines_that_end_as_on_old_macs_are_lines(tmp_path):
    assert len(talks(written(tmp_path, "x.csv", "question,answer\rq1,a1\rq2,a2\r"))) == 2


def test_a_row_of_an_interleaved_table_is_found_again_after_thousands(tmp_path):
    rows = [["dialogue_id", "role", "text"], *[[i, "user", f"q{i}"] for i in range(turn_rows.MOST_OPEN)]]
    rows += [[i, "agent", f"a{i}"] for i in range(turn_rows.MOST_OPEN)]
    assert {len(talk) for talk in talks(written(tmp_path, "x.csv", csv_of(rows)))} == {2}


def test_only_so_much_text_waits_for_further_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(turn_rows, "MOST_HELD", 1000)
    rows = [["dialogue_id", "role", "text"], *[[i % 3, "user", "x" * 300] for i in range(12)]]
    path = written(tmp_path, "x.csv", csv_of(rows))
    assert sum(len(talk) for talk in talks(path)) == 12


def test_a_dialogue_with_too_many_rows_is_refused_once_and_whole(tmp_path):
    rows = [["dialogue_id", "role", "text"], *[["long", "user", i] for i in range(5_000)], ["d", "user", "hi"]]
    path = written(tmp_path, "x.csv", csv_of(rows))
    assert refused(path) == [(2, "most_turns", "turns")]
    assert talks(path) == [[("c", "hi")]]
