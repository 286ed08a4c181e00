"""The page of a draft: what it says of a file, what a person chooses there, and what comes of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.importing.formats import FORMATS
from dialogues.importing.run import import_file
from dialogues.models import Dataset, ImportJob
from tests.dialogues.files import csv_of, json_lines, zipped
from tests.dialogues.imports import stored

pytestmark = pytest.mark.django_db
ROWS = csv_of([["a1", "b1", "c1"], ["1", "Anna", "hi"], ["1", "Bot", "hello"]])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def draft(client, content, name="x.csv"):
    """The job of an upload, and its page."""
    content = content.encode() if isinstance(content, str) else content
    client.post(reverse("dialogues:upload"), {"file": SimpleUploadedFile(name, content), "dataset_name": "shop"})
    job = ImportJob.objects.get()
    return job, client.get(reverse("dialogues:import", args=[job.pk])).content.decode()


def choose(client, job, **chosen):
    chosen = {"dataset_name": "shop", "steps": [], **chosen}
    return client.post(reverse("dialogues:import-choices", args=[job.pk]), chosen, follow=True).content.decode()


def finish(client, job, **chosen):
    client.post(reverse("dialogues:start-import", args=[job.pk]), {"dataset_name": "shop", **chosen} if chosen else {})
    job = ImportJob.objects.get()
    job.run(import_file)
    job.refresh_from_db()
    return job, client.get(reverse("dialogues:import", args=[job.pk])).content.decode()


COLUMNS = {"column_field": ["dialogue", "role", "text", "time"], "column_name": ["a1", "b1", "c1", ""]}
ROLES = {"speaker": ["Anna", "Bot"], "speaker_role": ["customer", "agent"]}


def test_columns_and_roles_are_asked_for_and_chosen(as_manager):
    job, page = draft(as_manager, ROWS)
    assert page.count("a1, b1, c1") == 1
    assert "<option>a1</option>" in page
    page = choose(as_manager, job, **COLUMNS)
    assert "Some names are unknown" in page
    assert 'value="Anna"' in page
    page = choose(as_manager, job, **COLUMNS, **ROLES)
    assert '<div class="said customer" lang="en" dir="auto">hi</div>' in page
    assert '<div class="said agent" lang="en" dir="auto">hello</div>' in page
    job, page = finish(as_manager, job)
    assert (job.state, stored()) == ("done", {"1": [["hi", "hello"]]})


def test_what_no_database_stores_is_replaced_in_chosen_names(as_manager):
    job, _page = draft(as_manager, ROWS)
    choose(as_manager, job, column_field=["text"], column_name=["c\x001"], speaker=["A\x00"], speaker_role=["agent"])
    stored = ImportJob.objects.get()
    assert (stored.columns["text"], stored.roles) == ("c\ufffd1", {"A\ufffd": "agent"})


def test_a_name_left_unknown_stays_unknown(as_manager):
    job, _page = draft(as_manager, json_lines({"turns": [{"role": "X", "text": "hi"}]}), "x.jsonl")
    page = choose(as_manager, job, speaker=["X"], speaker_role=["?"])
    assert "unknown" in page
    assert ImportJob.objects.get().roles == {}


def test_the_encoding_and_the_format_are_shown_and_chosen(as_manager):
    content = csv_of([["问题", "答案"], ["到哪了，亲", "在路上了，稍等"]]).encode("gbk")
    job, page = draft(as_manager, content)
    assert "GB18030" in page
    assert "到哪了，亲" in page
    page = choose(as_manager, job, encoding="utf-8")
    assert "not text in UTF-8" in page
    assert "disabled" in page
    page = choose(as_manager, job, encoding="gb18030", file_format="pairs")
    assert "到哪了，亲" in page


def test_html_scripts_and_odd_names_are_shown_as_text(as_manager):
    odd = "<script>alert(1)</script>"
    record = {
        "id": odd,
        "turns": [{"role": odd, "text": odd}, {"role": "user", "text": f'"><img src=x onerror=alert(1)>{odd}'}],
    }
    job, page = draft(as_manager, zipped({f"{odd[1:7]}.jsonl": json_lines(record)}), "<b>x.zip")
    table = choose(as_manager, job, speaker=[odd], speaker_role=["agent"])
    job, done = finish(as_manager, job)
    assert job.state == "done"
    dataset = Dataset.objects.get(name="shop")
    listed = as_manager.get(reverse("dialogues:list", args=[dataset.pk])).content.decode()
    for shown in (page, table, done, listed):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "&lt;script&gt;" in table


def test_what_no_page_can_encode_is_shown_all_the_same(as_manager):
    content = r'{"turns": [{"role": "\ud800", "text": "\udc00"}, {"role": "user", "text": "hi\u0000"}]}'
    job, page = draft(as_manager, content, "x.jsonl")
    assert "\ufffd" in page
    job, page = finish(as_manager, job, speaker=["\ufffd"], speaker_role=["agent"])
    assert (job.state, job.added) == ("done", 1)
    assert "hi\ufffd" in str(stored())


def test_nothing_that_came_in_is_a_failure_with_a_reason_and_leaves_no_dataset(as_manager):
    job, _page = draft(as_manager, json_lines({"turns": [{"role": "X", "text": "hi"}]}), "x.jsonl")
    job, page = finish(as_manager, job)
    assert (job.state, Dataset.objects.filter(name="shop").exists()) == ("failed", False)
    assert "who “X” is" in page


def test_fields_of_json_can_be_named(as_manager):
    job, page = draft(as_manager, json_lines({"kunde": "hi", "wir": "hello"}), "x.jsonl")
    assert "kunde, wir" in page
    chosen = {"column_field": ["question", "answer", "id", "split"], "column_name": ["kunde", "wir", "", ""]}
    assert "hello" in choose(as_manager, job, **chosen)
    assert finish(as_manager, job)[0].added == 1


def test_the_page_of_upload_lists_every_format(as_manager):
    page = as_manager.get(reverse("dialogues:upload")).content.decode()
    assert all(str(known.label) in page for known in FORMATS.values())


def test_every_line_with_a_problem_can_be_downloaded(as_manager):
    good = json_lines({"turns": [{"role": "user", "text": "hi"}]})
    job, _page = draft(as_manager, good + "=1+1\n" * 30, "=x.jsonl")
    finish(as_manager, job)
    response = as_manager.get(reverse("dialogues:import-problems", args=[job.pk]))
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 31
    assert lines[-1].endswith("31,expected a JSON object")
