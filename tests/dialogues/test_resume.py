"""An import that died half-way goes on, whatever the file is packed in, and nothing is lost or doubled."""

import json

import pytest

from dialogues.importing import preparing, run
from dialogues.importing.run import import_file
from dialogues.models import Dialogue, ImportJob
from tests.build import record
from tests.dialogues.files import csv_of, gzipped, json_lines, parquet_of, written, xlsx_of, zipped
from tests.dialogues.imports import counters, job_for

pytestmark = [pytest.mark.django_db, pytest.mark.database]
RECORDS = [record(f"question {i}", f"answer {i}", id=f"d{i}") for i in range(11)]
PAIRS = [["question", "answer"], *[[f"question {i}", f"answer {i}"] for i in range(11)]]
ROWS = [["dialogue_id", "role", "text"]]
ROWS += [[f"d{i}", "user", f"question {i}"] for i in range(11)] + [[f"d{i}", "agent", f"answer {i}"] for i in range(11)]
TIME = "2026-11-11 10:00:00"
LOG = "".join(f"我 {TIME}\nquestion {i}\n客服 {TIME}\nanswer {i}\n-----\n" for i in range(11))
JDDC = "".join(f"s{i}\tu\t0\t0\t0\tquestion {i}\ns{i}\tu\t1\t0\t0\tanswer {i}\n" for i in range(11))
ECD = "".join(f"1\tquestion {i}\tanswer {i}\n0\tx\ty\n" for i in range(11))
ARCHIVE = {
    "a.jsonl": json_lines(*RECORDS[:4]),
    "note": "no",
    "b.gz": gzipped(json_lines(*RECORDS[4:8])),
    "c.csv": csv_of([PAIRS[0], *PAIRS[9:]]),
}

FILES = {
    "lines": json_lines(*RECORDS[:5], *RECORDS[5:]).replace("\n", "\nbroken\n", 3),
    "array": json.dumps(RECORDS, indent=1),
    "csv": csv_of(PAIRS),
    "rows": csv_of(ROWS),
    "xlsx": xlsx_of(PAIRS),
    "parquet": parquet_of([dict(zip(PAIRS[0], row, strict=True)) for row in PAIRS[1:]]),
    "log": LOG,
    "jddc": JDDC,
    "ecd": ECD,
    "gz": gzipped(csv_of(PAIRS)),
    "zip": zipped(ARCHIVE),
}


@pytest.mark.parametrize("name", FILES)
def test_it_goes_on_where_a_killed_attempt_stopped(tmp_path, monkeypatch, name):
    monkeypatch.setattr(preparing, "BATCH", 3)
    job = job_for(written(tmp_path, "x", FILES[name]))
    stored, calls = run.store_batch, []

    def die_at_the_third_batch(*arguments, **options):
        calls.append(1)
        if len(calls) == 3:
            raise SystemExit
        return stored(*arguments, **options)

    monkeypatch.setattr(run, "store_batch", die_at_the_third_batch)
    with pytest.raises(SystemExit):
        job.run(import_file)
    ImportJob.objects.update(state="queued")
    job.refresh_from_db()
    assert 0 < job.done < 22
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added, job.repeated, Dialogue.objects.count()) == ("done", 11, 0, 11)
    assert job.total == job.done
    assert job.report["read"]["numbers"]["dialogues"] == 11
    assert len(set(counters())) == 1
