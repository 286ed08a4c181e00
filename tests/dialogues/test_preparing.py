"""A large file is read by a second process: what comes of it is the same."""

import json

import pytest

from dialogues.importing import preparing
from dialogues.importing.run import import_file
from dialogues.models import Dialogue, GivenVerdict, ImportJob, Turn
from tests.build import record
from tests.dialogues.files import json_lines, written

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


def test_a_second_process_prepares_the_same(tmp_path, monkeypatch):
    here = imported(tmp_path, "here")
    monkeypatch.setattr(preparing, "LARGE", 0)
    there = imported(tmp_path, "there")
    assert there == here
    assert here[0][:3] == ("done", 5, 2)
    assert GivenVerdict.objects.count() == 2


def test_what_a_second_process_cannot_read_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "LARGE", 0)
    path = written(tmp_path, "x.xls", b"\xd0\xcf\x11\xe0" + bytes(100))
    job = ImportJob.objects.create(dataset_name="x", path=str(path), file_name="x.xls")
    job.run(import_file)
    job.refresh_from_db()
    assert job.state == "failed"
    assert ".xlsx" in job.error


def test_a_second_process_that_dies_fails_the_attempt(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "LARGE", 0)
    monkeypatch.setattr(preparing.sys, "executable", "/bin/false")
    job = ImportJob.objects.create(dataset_name="x", path=str(written(tmp_path, "x.jsonl", lines())), file_name="x")
    with pytest.raises((RuntimeError, BrokenPipeError)):
        job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added) == ("failed", 0)
