"""A large file is read by several processes: what comes of it is the same."""

import json
from pathlib import Path
from random import Random

import pytest

from dialogues.importing import preparing, readers
from dialogues.importing.problems import BadFile
from dialogues.importing.report import ReadReport
from dialogues.importing.run import import_file
from dialogues.models import Dialogue, GivenVerdict, ImportJob, Turn
from tests.build import record
from tests.dialogues.files import gzipped, json_lines, written

pytestmark = pytest.mark.django_db
LONG = "你好，我上周买的那件蓝色羽绒服到现在还没有收到，物流信息也没有更新，麻烦帮我查一下，电话13800138000"
REPLY = "亲，非常抱歉让您久等了，这边马上帮您联系快递核实情况，稍后给您回复好吗"


def lines() -> str:
    judged = record("在吗\u200b", "在的")
    judged["turns"][0] |= {"end": "在", "cloud": "亲，在的", "verdict": "tie"}
    alike = [record(LONG, REPLY), record(LONG + "！", REPLY)]
    return json_lines(judged, *alike, {"turns": []}) + "broken\n"


def imported(folder, name: str) -> tuple:
    """All that can be seen of the import."""
    job = ImportJob.objects.create(
        dataset_name=name, path=str(written(folder, f"{name}.jsonl", lines())), file_name="x"
    )
    job.run(import_file)
    job.refresh_from_db()
    turns = Turn.objects.filter(dialogue__dataset__name=name).order_by("pk")
    problems = [(str(problem), problem.count, problem.first_lines) for problem in job.problems.all()]
    dialogues = Dialogue.objects.filter(dataset__name=name).order_by("pk").values_list("content_hash", "language")
    told = (job.state, job.done, job.added, problems, json.dumps(job.report, sort_keys=True))
    return told, list(turns.values_list("raw", "text", "is_open")), list(dialogues)


def test_processes_prepare_the_same(tmp_path, monkeypatch):
    here = imported(tmp_path, "here")
    monkeypatch.setattr(readers, "LARGE", 1)
    there = imported(tmp_path, "there")
    assert there == here
    assert here[0][:3] == ("done", 5, 2)
    assert GivenVerdict.objects.count() == 2


HALVES = [
    {"turns": [{"role": "\ud800who", "text": "a"}]},
    {"turns": [{"role": "customer", "text": "b\ud83d", "end": "c\ud83d"}, {"role": "agent", "text": "d"}]},
]


@pytest.mark.parametrize("encoding", ["", "gb18030"])
def test_halves_of_characters_and_the_locale_change_nothing(tmp_path, monkeypatch, encoding):
    """A process writes UTF-8, whatever the terminal's encoding is."""
    monkeypatch.setattr(readers, "LARGE", 1)
    if encoding:
        monkeypatch.setenv("PYTHONIOENCODING", encoding)
    path = written(tmp_path, "x.jsonl", "\n".join(map(json.dumps, [*HALVES, *unlike(3)])))
    job = ImportJob.objects.create(dataset_name="x", path=str(path), file_name="x.jsonl")
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added, job.problem_count) == ("done", 4, 1)
    assert Turn.objects.filter(text="b\ufffd").exists()


def test_what_a_process_cannot_read_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LARGE", 1)
    path = written(tmp_path, "x.xls", b"\xd0\xcf\x11\xe0" + bytes(100))
    job = ImportJob.objects.create(dataset_name="x", path=str(path), file_name="x.xls")
    job.run(import_file)
    job.refresh_from_db()
    assert job.state == "failed"
    assert ".xlsx" in job.error


def test_a_process_that_dies_fails_the_attempt(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LARGE", 1)
    monkeypatch.setattr(readers.sys, "executable", "/bin/false")
    job = ImportJob.objects.create(dataset_name="x", path=str(written(tmp_path, "x.jsonl", lines())), file_name="x")
    with pytest.raises(RuntimeError, match="ended with 1"):
        job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added) == ("failed", 0)


CHARACTERS = [chr(code) for code in range(0x4E00, 0x5600)]


def unlike(count: int) -> list[dict]:
    return [record(f"第{i}个问题：我要找{i}号商品", f"{i}号商品在这里") for i in range(count)]


def read(job: ImportJob, parts: int) -> tuple:
    """What so many readers make of the file, taken in turns."""
    shares = [preparing.prepare(job.task, 1, part, parts) for part in range(parts)]
    places, report = [], ReadReport()
    while True:
        for share in shares:
            batch = next(share)
            places += [place for place, _dialogue in batch.dialogues]
            report.add(batch.report)
            if batch.is_last:
                return places, report.as_json(), batch.error


@pytest.mark.parametrize("parts", [2, 3, 4])
@pytest.mark.parametrize("count", [7, 9, 13])
def test_readers_share_a_file(tmp_path, monkeypatch, parts, count):
    monkeypatch.setattr(preparing, "BATCH", 4)
    path = written(tmp_path, "x.jsonl", json_lines(*unlike(count)))
    job = ImportJob(dataset_name="x", path=str(path), file_name="x")
    alone = read(job, 1)
    assert read(job, parts) == alone
    assert [line for _place, line in alone[0]] == list(range(2, count + 1))


def broken_archive(folder: Path) -> ImportJob:
    """A file that can be read for some thousands of records, and then no further."""
    noise = Random(1)
    packed = gzipped(json_lines(*(record("".join(noise.choices(CHARACTERS, k=40)), "好的") for _ in range(3_000))))
    path = written(folder, "x.jsonl.gz", packed[: len(packed) // 2])
    return ImportJob(dataset_name="x", path=str(path), file_name="x.jsonl.gz")


@pytest.mark.parametrize("parts", [2, 3])
def test_a_file_that_ends_badly_is_read_up_to_there(tmp_path, parts):
    job = broken_archive(tmp_path)
    places, report, error = read(job, 1)
    assert len(places) > 1_000
    assert error
    assert read(job, parts) == (places, report, error)


def test_the_error_comes_behind_what_could_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LARGE", 1)
    job = broken_archive(tmp_path)
    count = 0
    with pytest.raises(BadFile):
        for batch in readers.batches(job.task, 1):
            count += batch.count
    assert count == len(read(job, 1)[0])
