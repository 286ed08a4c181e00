"""Files of dialogues as the real libraries write them, and what the import makes of a file."""

import csv
import gzip
import io
import json
import zipfile

import pyarrow
import pyarrow.parquet
from openpyxl import Workbook

from dialogues.importing.formats import Choices
from dialogues.importing.preview import preview_of  # noqa: F401 - for the tests
from dialogues.importing.records import ParsedDialogue
from dialogues.importing.refused import Refused
from dialogues.importing.report import ReadReport
from dialogues.importing.roles import Roles
from dialogues.importing.upload import Rules, Upload, prepared

# --- writing


def written(folder, name, content):
    """The path of a file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def json_lines(*records) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def csv_of(rows, delimiter=",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def xlsx_of(rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def parquet_of(records) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(records)), out)
    return out.getvalue()


def zip_of(**files) -> bytes:
    """An archive; `a__jsonl` is the file a.jsonl."""
    return zipped({name.replace("__", "."): content for name, content in files.items()})


def zipped(files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def gzipped(content) -> bytes:
    return gzip.compress(content.encode() if isinstance(content, str) else content)


# --- reading


def upload_of(path, *, columns=(), roles=(), **chosen) -> Upload:
    return Upload(path, path.name, choices=Choices(columns=dict(columns), roles=dict(roles)), **chosen)


def rules(steps=(), **roles) -> Rules:
    return Rules(Roles(roles), steps)


def results(path, *, steps=(), **chosen):
    """(place, line, what came of the record), of each record."""
    upload = upload_of(path, **chosen)
    report, made = ReadReport(), rules(steps, **upload.choices.roles)
    return [(record.place, record.line, prepared(record.content, made, report)) for record in upload.records()]


def dialogues(path, **chosen) -> list[ParsedDialogue]:
    return [found for _place, _line, found in results(path, **chosen) if isinstance(found, ParsedDialogue)]


def refused(path, **chosen) -> list[tuple[int, str, str]]:
    """(line, kind of problem, field) of each."""
    found = results(path, **chosen)
    return [(line, problem.kind, problem.field) for _place, line, problem in found if isinstance(problem, Refused)]


def talks(path, **chosen) -> list[list[tuple[str, str]]]:
    """The roles (their first letter) and texts of each dialogue."""
    return [[(turn.role[0], turn.text) for turn in found.turns] for found in dialogues(path, **chosen)]


def format_of(path, **chosen) -> str:
    return next(upload_of(path, **chosen).readings()).format.name
