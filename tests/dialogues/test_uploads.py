import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialogues.importing.run import import_file
from dialogues.models import ImportJob
from dialogues.tasks import remove_old_uploads
from dialogues.uploads import KEPT_S, store_upload

pytestmark = pytest.mark.django_db
LINE = '{"turns": [{"role": "customer", "text": "什么时候发货"}]}\n'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


def uploaded(text=LINE, **values):
    path = store_upload(SimpleUploadedFile("week47.jsonl", text.encode()))
    return ImportJob.objects.create(dataset_name="shop", path=str(path), file_name="week47.jsonl", **values)


def age(path, seconds):
    os.utime(path, (time.time() - seconds,) * 2)


def test_an_upload_is_gone_when_it_is_imported(folder):
    job = uploaded(LINE + "broken\n")
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added, job.problem_count) == ("done", 1, 1)
    assert list(folder.iterdir()) == []


def test_an_attempt_after_the_file_is_gone_knows_that_all_was_imported():
    job = uploaded()
    job.run(import_file)
    ImportJob.objects.update(state="queued")
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added) == ("done", 1)


def test_the_file_of_a_command_stays(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(LINE)
    job = ImportJob.objects.create(dataset_name="shop", path=str(path), file_name=path.name)
    job.run(import_file)
    assert path.is_file()


def test_what_nobody_imports_goes_after_a_day_and_what_waits_stays():
    draft, waiting, new = uploaded(state="draft"), uploaded(state="queued"), uploaded(state="draft")
    for job in (draft, waiting):
        age(job.path, KEPT_S + 60)
    remove_old_uploads()
    assert [Path(job.path).is_file() for job in (draft, waiting, new)] == [False, True, True]


def test_other_accounts_of_the_machine_cannot_read_an_upload():
    assert Path(uploaded().path).stat().st_mode & 0o077 == 0
