"""What the commands of manage.py share: files in and out, and jobs that run in their own process."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dialogues.models import AnswerJob, Dataset, ImportJob
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.file_commands import FileCommand, require_texts
from ecc_site.core.jobs import JobError
from serving.models import Version


class Upper(FileCommand):
    def check_record(self, record):
        require_texts(record, "text")

    def results(self, records):
        return [{**record, "upper": record["text"].upper()} for record in records]


@pytest.fixture
def files(tmp_path):
    def write(content: str):
        (tmp_path / "in.jsonl").write_text(content, encoding="utf-8")
        return tmp_path / "in.jsonl", tmp_path / "out.jsonl"

    return write


def test_every_line_of_a_file_is_changed_and_written_in_order(files, capsys):
    lines = [{"text": f"t{i}", "id": i} for i in range(600)]
    infile, outfile = files("\n".join(map(json.dumps, lines)))
    call_command(Upper(), infile, outfile)
    written = [json.loads(line) for line in outfile.read_text().splitlines()]
    assert written == [{**line, "upper": line["text"].upper()} for line in lines]
    assert "600 lines written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "place"),
    [('{"text": 3}', "line 2, field text: expected a text"), ("[]", "line 2: expected a JSON object")],
)
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_written(files, line, place):
    infile, outfile = files('{"text": "a"}\n' + line)
    with pytest.raises(CommandError, match=rf"in\.jsonl, {place}\. Nothing was written\."):
        call_command(Upper(), infile, outfile)
    assert list(outfile.parent.iterdir()) == [infile]


def test_a_file_that_is_not_there_or_cannot_be_written_is_named(files, tmp_path):
    infile, _ = files("{}")
    with pytest.raises(CommandError, match="nothing cannot be read"):
        call_command(Upper(), tmp_path / "nothing", tmp_path / "out")
    with pytest.raises(CommandError, match="out cannot be written: No such file or directory"):
        call_command(Upper(), infile, tmp_path / "nowhere" / "out")


@pytest.fixture
def job(db):
    return ImportJob.objects.create(dataset_name="d", path="/nowhere", file_name="f")


def test_a_job_runs_to_its_end_inside_a_command(job):
    run_here(job, lambda job: job.advance(done=3), show=False)
    assert (job.state, job.done) == (ImportJob.State.DONE, 3)


def test_a_command_fails_with_the_sentence_of_its_job(job):
    def work(job):
        raise JobError("No model is there.")

    with pytest.raises(CommandError, match=r"^No model is there\.$"):
        run_here(job, work, show=False)


def test_ctrl_c_ends_the_command_in_one_line_and_keeps_what_was_done(job):
    def work(job):
        job.advance(done=2)
        raise KeyboardInterrupt

    with pytest.raises(CommandError, match=r"what was done is kept"):
        run_here(job, work, show=False)
    job.refresh_from_db()
    assert (job.state, job.done) == (ImportJob.State.CANCELLED, 2)


def test_a_command_refuses_a_job_that_somebody_else_has_claimed(job):
    job.claim()
    with pytest.raises(CommandError, match="running"):
        run_here(ImportJob.objects.get(pk=job.pk), lambda job: pytest.fail("worked twice"), show=False)


@pytest.mark.django_db(transaction=True)
def test_a_job_for_the_same_things_as_an_active_one_is_refused():
    values = {
        "dataset": Dataset.objects.create(name="d"),
        "version": Version.objects.create(kind="end", name="v", model="m"),
    }
    first = create_or_refuse(AnswerJob, **values)
    with pytest.raises(CommandError, match="already waiting or running"):
        create_or_refuse(AnswerJob, **values)
    first.cancel()
    assert create_or_refuse(AnswerJob, **values).pk != first.pk
