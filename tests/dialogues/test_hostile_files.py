"""Files that are broken, or made to break: a clear sentence, the good dialogues kept, memory bounded."""

import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import suppress

import pytest

from dialogues.importing import opening
from dialogues.importing.containers import tables
from dialogues.importing.problems import BadFile
from tests.dialogues.files import (
    csv_of,
    dialogues,
    gzipped,
    json_lines,
    parquet_of,
    preview_of,
    refused,
    results,
    rules,
    talks,
    upload_of,
    written,
    xlsx_of,
    zip_of,
    zipped,
)

TALK = [("c", "hi"), ("a", "hello")]
RECORD = {"turns": [{"role": "user", "text": "hi"}, {"role": "assistant", "text": "hello"}]}
GOOD = json_lines(RECORD)
PAIRS = csv_of([["question", "answer"], ["hi", "hello"]])


# --- text


def test_json_that_is_cut_keeps_what_stands_before(tmp_path):
    content = json.dumps([RECORD] * 5, indent=1)
    path = written(tmp_path, "x.json", content[: content.rindex("hello")])
    assert talks(path) == [TALK] * 4
    assert refused(path) == [(5, "json_cut", "")]


@pytest.mark.parametrize("one", ["lines", "array", "csv", "log"])
def test_a_line_of_50_mb_costs_little_memory(tmp_path, one):
    x = b"x" * (50 * 2**20)
    content = {
        "lines": b'{"turns": "' + x + b'"}\n' + GOOD.encode(),
        "array": b"[" + GOOD.encode() + b',{"turns": "' + x + b'"}]',
        "csv": PAIRS.encode() + x + b"\n" + b"hi,hello\n",
        "log": "我 2026-11-10 10:00:00\n".encode() + x + b"\n" + "我 2026-11-10 10:00:01\nhi\n".encode(),
    }[one]
    path = written(tmp_path, "x", content)
    tracemalloc.start()
    try:
        found = refused(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [kind for _line, kind, _field in found] == ["long_record" if one == "array" else "long_line"]
    assert len(talks(path)) == (2 if one == "csv" else 1)
    assert peak < 100 * 2**20


@pytest.mark.parametrize("deep", [5_000, 2_000_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_nested_brackets_are_refused(tmp_path, brackets, deep):
    opened = brackets[0] if brackets == "[]" else '{"a":'
    nested = opened * deep + "1" + brackets[1] * deep
    lines = written(tmp_path, "x.jsonl", GOOD + nested + "\n" + GOOD)
    assert [kind for _line, kind, _field in refused(lines)] in (["json"], ["long_line"])
    assert talks(lines) == [TALK, TALK]
    inside = json.dumps([RECORD, {"turns": [{"role": "user", "text": "HERE"}]}, RECORD]).replace('"HERE"', nested)
    array = written(tmp_path, "x.json", inside)
    assert refused(array)
    assert talks(array)[0] == TALK


def test_numbers_and_objects_where_text_should_be_are_named(tmp_path):
    odd = [5, None, True, {"a": 1}, 10**30, [[1]]]
    turns = [{"turns": [{"role": "user", "text": text}]} for text in odd]
    roles = [{"turns": [{"role": role, "text": "hi"}]} for role in ({"a": 1}, ["user"], None, True, 10**40)]
    others = [{"turns": 5}, {"turns": []}, {"turns": ["hi"]}, {"turns": [None]}, RECORD | {"split": 5}]
    path = written(tmp_path, "x.jsonl", json_lines(RECORD, *turns, *roles, *others))
    kinds = [kind for _line, kind, _field in refused(path)]
    # a text that is a list is one of parts, of which none is a text
    assert kinds == ["text"] * 5 + ["plain"] * 4 + ["role"] + ["list"] * 2 + ["object"] * 2 + ["split"]
    array = written(tmp_path, "x.json", json.dumps([RECORD, *turns, *roles, *others], indent=1))
    assert [kind for _line, kind, _field in refused(array)] == kinds


def test_a_number_of_thousands_of_digits_is_no_traceback(tmp_path):
    number = "9" * 10_000
    lines = written(tmp_path, "x.jsonl", GOOD + '{"id": ' + number + ', "turns": []}\n' + GOOD)
    assert talks(lines) == [TALK, TALK]
    array = written(tmp_path, "x.json", "[" + GOOD + ', {"id": ' + number + "}]")
    assert talks(array) == [TALK]
    assert [kind for _line, kind, _field in refused(array)] == ["json_cut"]
    huge = written(tmp_path, "y.json", "[" + GOOD + ', {"id": 1e999999999, "turns": []}]')
    assert talks(huge) == [TALK]


def test_nul_and_lone_surrogates_are_replaced_everywhere(tmp_path):
    odd = "a\x00b\ud800c"
    record = {
        "id": odd,
        "messages": [{"role": odd, "content": odd}, {"role": "user", "content": [{"type": odd}, "hi"]}],
    }
    path = written(tmp_path, "x.jsonl", json.dumps(record) + "\n")
    shown = preview_of(upload_of(path), rules())
    assert shown.unknown_speakers == ["a\ufffdb\ufffdc"]
    seen = [shown.speakers, [str(sentence) for sentence in shown.problems], shown.report.as_json()]
    json.dumps(seen, ensure_ascii=False).encode()
    (known,) = dialogues(path, roles={"a\ufffdb\ufffdc": "agent"})
    assert (known.source_id, known.turns[0].text) == ("a\ufffdb\ufffdc", "a\ufffdb\ufffdc")


def test_names_of_fields_that_no_page_can_show_are_replaced(tmp_path):
    path = written(tmp_path, "x.jsonl", json.dumps({"\ud800a": "x", "b\x00": "y"}) + "\n")
    shown = preview_of(upload_of(path), rules())
    "".join([shown.error, *shown.columns]).encode()
    assert shown.columns == ("\ufffda", "b\ufffd")


def test_marks_that_turn_the_writing_stay_in_the_raw_text_alone(tmp_path):
    path = written(tmp_path, "x.jsonl", json_lines({"turns": [{"role": "user", "text": "a\u202ebc\u2066d"}]}))
    (found,) = dialogues(path, steps=["control"])
    assert (found.turns[0].raw, found.turns[0].text) == ("a\u202ebc\u2066d", "abcd")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"\n\n \n",
        b"\x00" * 5_000,
        b"{",
        b"[",
        b"[]",
        b"{}",
        b"null",
        b'"',
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b",,,\n,,,\n",
        b"a",
    ],
)
def test_what_is_no_file_of_dialogues_is_said_to_be_none(tmp_path, content):
    path = written(tmp_path, "x.jsonl", content)
    with pytest.raises(BadFile):
        results(path)
    assert preview_of(upload_of(path), rules()).error


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    with pytest.raises(BadFile, match="empty"):
        results(written(tmp_path, "x.jsonl", b""))


# --- what is not what its name says


@pytest.mark.parametrize("write", [xlsx_of, lambda rows: parquet_of([dict(zip(*rows, strict=True))])])
def test_the_content_counts_and_not_the_name(tmp_path, write):
    path = written(tmp_path, "x.csv", write([["question", "answer"], ["hi", "hello"]]))
    assert talks(path) == [TALK]


def test_an_old_spreadsheet_says_how_to_save_it(tmp_path):
    with pytest.raises(BadFile, match=r"\.xlsx or CSV"):
        results(written(tmp_path, "x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    "content",
    [
        xlsx_of([["question", "answer"], *[["hi", f"hello {i}"] for i in range(2_000)]]),
        parquet_of([{"question": "hi", "answer": f"hello {i}"} for i in range(2_000)]),
        gzip.compress(os.urandom(5_000).hex().encode()),
        zip_of(a__csv=PAIRS * 500),
    ],
    ids=["xlsx", "parquet", "gz", "zip"],
)
def test_a_packed_file_that_is_cut_is_broken(tmp_path, content, share):
    path = written(tmp_path, "x", content[: int(len(content) * share)])
    with pytest.raises(BadFile):
        results(path)
    with pytest.raises(BadFile):
        results(written(tmp_path, "y", gzipped(path.read_bytes())))


def test_what_was_read_before_the_archive_breaks_is_kept(tmp_path):
    whole = gzip.compress(json_lines(*[RECORD | {"id": os.urandom(500).hex()} for _ in range(2_000)]).encode())
    path = written(tmp_path, "x.gz", whole[: len(whole) // 2])
    kept = []
    with pytest.raises(BadFile, match="broken"):
        kept += [record.line for record in upload_of(path).records() if kept.append(record.line) is None]
    assert len(kept) > 500


# --- archives


def bomb(files: int, size: int) -> bytes:
    """An archive of so many files of so many bytes each, a thousandth of that."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for i in range(files):
            with archive.open(f"{i}.jsonl", "w") as file:
                for _ in range(size // 2**20):
                    file.write(b" " * 2**20)
    return out.getvalue()


@pytest.mark.parametrize(("files", "size"), [(1, 128 * 2**20), (32, 4 * 2**20)], ids=["one", "many"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, files, size):
    with pytest.raises(BadFile, match="larger than 100 MiB"):
        results(written(tmp_path, "x.zip", bomb(files, size)))


def test_a_zip_bomb_that_lies_about_its_size_ends_where_it_said(tmp_path):
    size = 128 * 2**20
    content = bomb(1, size).replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(BadFile):
        results(written(tmp_path, "x.zip", content))


@pytest.mark.parametrize("outer", ["gz", "zip"])
def test_a_gzip_bomb_is_refused_when_it_grows_too_large(tmp_path, outer, monkeypatch):
    monkeypatch.setattr(opening, "ALWAYS_FINE", 2**20)
    inner = gzip.compress(b" " * (64 * 2**20), 9)
    content = inner if outer == "gz" else zipped({"a.gz": inner, "b.jsonl": GOOD})
    path = written(tmp_path, "x", content)
    if outer == "gz":
        with pytest.raises(BadFile, match="far more than real text"):
            results(path)
    else:
        assert talks(path) == [TALK]
        assert [(kind, field) for _line, kind, field in refused(path)] == [("file", "")]


def test_an_archive_that_holds_itself_again_and_again_is_not_followed(tmp_path):
    twice = gzipped(gzipped(gzipped(GOOD)))
    with pytest.raises(BadFile, match="more than once"):
        results(written(tmp_path, "x.gz", twice))
    with pytest.raises(BadFile, match="archive in an archive"):
        results(written(tmp_path, "x.zip", zipped({"a.zip": zip_of(a__jsonl=GOOD)})))


def test_a_gz_in_a_zip_is_read(tmp_path):
    assert talks(written(tmp_path, "x.zip", zipped({"a.jsonl.gz": gzipped(GOOD), "b.jsonl": GOOD}))) == [TALK, TALK]


def test_no_name_in_an_archive_leads_anywhere(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    link = zipfile.ZipInfo("link.jsonl")
    link.external_attr = 0o120777 << 16
    names = {"../../out.jsonl": GOOD, "/etc/out.jsonl": GOOD, link: "/etc/passwd", ".hidden": GOOD, "__MACOSX/a": GOOD}
    path = written(folder, "x.zip", zipped(names))
    found = results(path)
    assert [place for place, _line, _found in found] == ["../../out.jsonl", "/etc/out.jsonl"]
    assert sorted(tmp_path.rglob("*")) == [folder, path]


def test_a_protected_archive_says_so(tmp_path):
    content = bytearray(zip_of(a__jsonl=GOOD))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadFile, match="password"):
        results(written(tmp_path, "x.zip", bytes(content)))


def test_another_way_of_packing_is_named(tmp_path):
    content = bytearray(zip_of(a__jsonl=GOOD))
    content[8] = content[content.rindex(b"PK\x01\x02") + 10] = 99
    with pytest.raises(BadFile, match="broken"):
        results(written(tmp_path, "x.zip", bytes(content)))


def test_too_many_files_are_refused(tmp_path):
    with pytest.raises(BadFile, match="200"):
        results(written(tmp_path, "x.zip", zipped({f"{i}.jsonl": GOOD for i in range(201)})))


def test_names_that_windows_wrote_in_chinese_are_readable(tmp_path):
    content = zipped({"xxxx.jsonl": GOOD}).replace(b"xxxx", "客服".encode("gbk"))
    assert [place for place, _line, _found in results(written(tmp_path, "x.zip", content))] == ["客服.jsonl"]


def test_a_name_in_utf_8_that_is_none_is_no_traceback(tmp_path):
    content = zipped({"客服.jsonl": GOOD}).replace("客服".encode(), b"\xff" * 6)
    with pytest.raises(BadFile):
        results(written(tmp_path, "x.zip", content))


def test_one_bad_file_of_an_archive_costs_no_other(tmp_path):
    files = {"note.txt": "Dear all,", "a.jsonl": GOOD, "b.xlsx": xlsx_of([["question"], ["hi"]])[:900], "c.csv": PAIRS}
    path = written(tmp_path, "x.zip", zipped(files))
    found = [(place, getattr(result, "kind", "")) for place, _line, result in results(path)]
    assert found == [("note.txt", "file"), ("a.jsonl", ""), ("b.xlsx", "file"), ("c.csv", "")]
    assert preview_of(upload_of(path), rules()).files == 2


def test_an_archive_without_files_has_no_dialogues(tmp_path):
    path = written(tmp_path, "x.zip", zipped({".hidden": GOOD}))
    assert results(path) == []
    assert preview_of(upload_of(path), rules()).error


def test_no_file_stays_open_or_behind(tmp_path):
    folder = f"/proc/{os.getpid()}/fd"
    before = len(os.listdir(folder))
    for name, content in (
        ("a.zip", zip_of(a__jsonl=GOOD)),
        ("b.gz", gzipped(PAIRS)),
        ("c.gz", gzipped(xlsx_of([["q"], [1]]))),
    ):
        path = written(tmp_path, name, content)
        with suppress(BadFile):
            results(path)
    assert len(os.listdir(folder)) <= before + 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.zip", "b.gz", "c.gz"]


# --- spreadsheets and Parquet


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with another part of this name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({n: part if n == name else archive.read(n) for n in archive.namelist()} | {name: part})


def test_a_part_of_a_spreadsheet_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_PART", 2**20)
    part = b"<sst>" + b"<si><t>aaaa</t></si>" * 100_000 + b"</sst>"
    path = written(tmp_path, "x.xlsx", with_part(xlsx_of([["question"], ["hi"]]), "xl/sharedStrings.xml", part))
    with pytest.raises(BadFile, match="1 MiB"):
        results(path)


def test_a_spreadsheet_that_claims_to_be_huge_is_read_as_it_is(tmp_path):
    content = xlsx_of([["question", "answer"], ["hi", "hello"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"').replace(b'<row r="2"', b'<row r="1000000"')
    sheet = sheet.replace(b'r="A2"', b'r="A1000000"').replace(b'r="B2"', b'r="B1000000"')
    path = written(tmp_path, "x.xlsx", with_part(content, "xl/worksheets/sheet1.xml", sheet))
    assert talks(path) == [TALK]
    assert [line for _place, line, _found in results(path)] == [1_000_000]


def test_entities_that_multiply_are_refused(tmp_path):
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    part = f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "lol">{lol}]><sst><si><t>&l9;</t></si></sst>'.encode()
    path = written(tmp_path, "x.xlsx", with_part(xlsx_of([["question"], ["hi"]]), "xl/sharedStrings.xml", part))
    with pytest.raises(BadFile):
        results(path)


def test_a_table_with_too_many_columns_is_refused(tmp_path):
    for name, write in (("x.csv", csv_of), ("x.xlsx", xlsx_of)):
        with pytest.raises(BadFile):
            results(written(tmp_path, name, write([[f"c{i}" for i in range(600)], ["x"] * 600])))


def test_lists_in_parquet_that_would_fill_the_memory_are_refused(tmp_path):
    path = written(tmp_path, "x.parquet", parquet_of([{"question": "hi", "list": [1] * 50_000}]))
    with pytest.raises(BadFile, match="memory"):
        results(path)


def test_texts_in_parquet_that_would_fill_the_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS_BYTES", 2**20)
    path = written(tmp_path, "x.parquet", parquet_of([{"question": "x" * 20_000, "answer": str(i)} for i in range(90)]))
    with pytest.raises(BadFile, match="memory"):
        results(path)


MEASURED = """
import resource, sys
from pathlib import Path
import django
django.setup()
from tests.dialogues.files import results
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    results(Path(sys.argv[1]))
except Exception as error:
    print(type(error).__name__)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("kind", ["strings", "row", "brackets"])
def test_the_worst_that_is_let_through_costs_bounded_memory(tmp_path, kind):
    book = xlsx_of([["question", "answer"], ["hi", "hello"]])
    if kind == "strings":
        part = b"<sst>" + b"<si><t>a</t></si>" * (30 * 2**20 // 17) + b"</sst>"
        content = with_part(book, "xl/sharedStrings.xml", part)
    elif kind == "row":
        row = b'<sheetData><row r="1">' + b"<c/>" * (2 * 2**20 // 4) + b"</row></sheetData>"
        content = with_part(book, "xl/worksheets/sheet1.xml", b"<worksheet>" + row + b"</worksheet>")
    else:
        content = b'[{"turns": ' + b"[" * 15_000_000
    path = written(tmp_path, "x", content)
    run = [sys.executable, "-c", MEASURED, str(path)]
    environment = os.environ | {"ECC_DATA_DIR": str(tmp_path)}
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout.splitlines()[-1]) < 800, done.stdout
