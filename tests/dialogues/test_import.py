import json
import os

import pytest
from django.core.management import CommandError, call_command

from dialogues.importing import preparing, run
from dialogues.importing.preview import preview_of
from dialogues.importing.run import import_file
from dialogues.importing.store import split_by_hash
from dialogues.importing.turns import parse_turns
from dialogues.kept_out import keep_out
from dialogues.models import Answer, Dataset, Dialogue, ImportJob, Turn
from tests.build import record

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def job_for(path, **fields):
    return ImportJob.objects.create(dataset_name="shop", path=str(path), file_name=path.name, **fields)


def test_good_lines_are_kept_and_bad_ones_named(jsonl):
    job = job_for(jsonl(record("在吗", "在的亲"), "{not json", "[1]", "", record("hello", split="never")))
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added, job.problem_count) == ("done", 1, 3)
    assert [(p.kind, p.field, p.first_lines) for p in job.problems.all()] == [
        ("json", "", [2, 3]),
        ("split", "split", [5]),
    ]
    assert Dataset.objects.get().dialogue_count == 1


def test_the_same_file_twice_adds_nothing(jsonl):
    path = jsonl(record("在吗", "在的亲"), record("在吗", "在的亲"), record("hello", "hi"))
    for _ in range(2):
        job_for(path).run(import_file)
    dataset = Dataset.objects.get()
    assert (dataset.dialogue_count, dataset.open_turn_count) == (2, 2)
    assert Turn.objects.count() == 4
    assert [(j.added, j.repeated) for j in ImportJob.objects.order_by("id")] == [(2, 1), (0, 3)]


def test_the_agents_reply_becomes_the_human_answer(jsonl):
    record = {
        "turns": [
            {"role": "customer", "text": "hi"},
            {"role": "customer", "text": "where is it"},
            {"role": "agent", "text": "one moment"},
            {"role": "event", "text": "looked up"},
            {"role": "agent", "text": "on its way"},
            {"role": "customer", "text": "thanks"},
        ]
    }
    job_for(jsonl(record)).run(import_file)
    answer = Answer.objects.get()
    assert (answer.source, answer.text, answer.turn.position) == ("human", "one moment\non its way", 0)
    assert list(Turn.objects.filter(is_open=True).values_list("text", flat=True)) == ["hi\nwhere is it", "thanks"]


def test_the_split_is_the_sources_or_follows_the_hash(jsonl):
    job_for(jsonl(record("a", split="test"), record("b"))).run(import_file)
    given, hashed = Dialogue.objects.order_by("id")
    assert given.split == "test"
    assert hashed.split == split_by_hash(hashed.content_hash)


def test_splits_by_hash_are_about_80_10_10():
    splits = [split_by_hash(f"{i * 2654435761 % 2**32:08x}") for i in range(10_000)]
    shares = [splits.count(name) / 10_000 for name in ("train", "dev", "test")]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)


def test_it_goes_on_where_a_killed_attempt_stopped(jsonl, monkeypatch):
    monkeypatch.setattr(preparing, "BATCH", 2)
    job = job_for(jsonl(*[record(f"question {i}", "answer") for i in range(7)]))
    stored = run.store_batch

    def die_at_the_third_batch(dataset, batch, **options):
        if dataset.dialogues.count() == 4:
            raise KeyboardInterrupt
        return stored(dataset, batch, **options)

    monkeypatch.setattr(run, "store_batch", die_at_the_third_batch)
    with pytest.raises(KeyboardInterrupt):
        job.run(import_file)
    monkeypatch.setattr(run, "store_batch", stored)
    ImportJob.objects.update(state="queued")
    job.refresh_from_db()
    assert (job.done, job.added) == (4, 4)
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.done, job.added, job.repeated) == ("done", 7, 7, 0)


def test_a_file_that_is_gone_fails_with_a_sentence(tmp_path):
    job = job_for(tmp_path / "gone.jsonl")
    job.run(import_file)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "gone.jsonl" in job.error


def test_a_line_that_never_ends_is_refused_and_the_next_one_read(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'{"turns": "' + b"x" * (5 * 2**20) + b'"}\n' + json.dumps(record("hi")).encode())
    job = job_for(path)
    job.run(import_file)
    job.refresh_from_db()
    assert (job.added, job.problem_count) == (1, 1)
    assert job.problems.get().first_lines == [1]


def test_the_preview_stores_nothing(jsonl):
    job = job_for(jsonl(record("hi"), "broken"))
    seen = preview_of(job.task.upload, job.task.rules)
    assert (len(seen.dialogues), seen.refused, Dialogue.objects.count()) == (1, 1, 0)


def test_the_command_reports_as_json(jsonl, capsys):
    call_command("import_dialogues", jsonl(record("hi"), "broken"), "--dataset", "shop", "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["added"], result["refused"], result["problems"][0]["lines"]) == (1, 1, [2])


def test_the_command_refuses_a_file_that_is_not_there():
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        call_command("import_dialogues", "nowhere.jsonl")


@pytest.mark.skipif(not os.environ.get("ECC_REAL_DATA"), reason="ECC_REAL_DATA is not set")
def test_real_dialogues_are_imported_whole():
    path = os.path.join(os.environ["ECC_REAL_DATA"], "jddc_2019", "dialogues.jsonl")
    call_command("import_dialogues", path, "--dataset", "jddc")
    dataset = Dataset.objects.get()
    assert dataset.dialogue_count == 994
    assert dataset.open_turn_count == Turn.objects.filter(is_open=True).count() > 5_000
    assert Dialogue.objects.filter(language="zh").count() > 980


def test_a_file_of_which_nothing_is_stored_leaves_no_dataset(jsonl):
    keep_out([parse_turns(record("a", "b")).content_hash])
    job = job_for(jsonl(record("a", "b")))
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, Dataset.objects.count()) == ("failed", 0)
