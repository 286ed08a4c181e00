"""Which dialogues never leave: those of a marked dataset, those of a private import, and those marked themselves."""

from types import SimpleNamespace

import pytest
from django.contrib.admin import AdminSite
from django.urls import reverse

from dialogues.admin import DatasetAdmin
from dialogues.importing import preparing, run
from dialogues.importing.run import import_file
from dialogues.models import Dataset, Dialogue, ImportJob
from knowledge.models import Entry
from tests import build
from tests.build import record
from tests.dialogues.imports import imported_records, undone

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def private_import(path, name="shop"):
    ImportJob.objects.create(dataset_name=name, path=str(path), file_name=path.name, never_leaves=True).run(import_file)


def private_openings() -> set[str]:
    return set(Dialogue.objects.filter(never_leaves=True).with_opening().values_list("opening", flat=True))


def test_a_private_file_stays_private_in_a_dataset_that_is_not(jsonl):
    build.dataset(record("public", "yes"), record("both", "yes"))
    private_import(jsonl(record("both", "yes"), record("secret", "no")))
    assert private_openings() == {"both", "secret"}
    assert not Dataset.objects.get().never_leaves


@pytest.mark.parametrize("elsewhere", ["shop", "another"])
def test_a_private_file_keeps_here_what_was_learned_from_its_words_before(jsonl, elsewhere):
    made = build.dataset(record("both", "yes"), name=elsewhere)
    learned = {"origin": made.dialogues.get().content_hash, "kind": "reply", "source": "page", "by": None}
    entry = Entry.objects.add(wordings=["both"], text="yes", **learned)
    assert Entry.objects.all_may_leave([entry.pk])
    private_import(jsonl(record("both", "yes")))
    assert not Entry.objects.all_may_leave([entry.pk])


def test_the_same_words_are_marked_in_every_dataset_whenever_they_come(jsonl):
    build.dataset(record("both", "yes"), name="earlier")
    private_import(jsonl(record("both", "yes")))
    build.dataset(record("both", "yes"), record("public"), name="later")
    assert Dialogue.objects.filter(never_leaves=True).count() == 3
    assert Dialogue.objects.get(never_leaves=False).turns.get().text == "public"


@pytest.mark.parametrize("is_in_use", [True, False])
def test_one_that_comes_again_with_its_id_stays_marked(jsonl, tmp_path, is_in_use):
    build.dataset(record("public"))
    private_import(jsonl(record("a", "b", id="1")))
    if is_in_use:
        origin = Dialogue.objects.get(source_id="1").content_hash
        Entry.objects.add(wordings=["a"], text="b", origin=origin, kind="reply", source="page", by=None)
    imported_records(tmp_path, record("a", "b", "and", "more", id="1"))
    marks = list(Dialogue.objects.filter(source_id="1").values_list("never_leaves", flat=True))
    assert marks == ([True, True] if is_in_use else [True])
    assert not Dialogue.objects.get(source_id="").never_leaves


def test_the_words_of_a_marked_one_are_marked_after_it_was_replaced(jsonl):
    said = record("a", "b", id="1")
    private_import(jsonl(said))
    private_import(jsonl(record("a", "b", "and", "more", id="1")))
    build.dataset(said, name="another")
    assert Dialogue.objects.get(dataset__name="another").never_leaves


@pytest.mark.parametrize("is_in_use", [True, False])
def test_the_earlier_words_of_one_that_is_marked_now_are_marked_too(jsonl, is_in_use):
    """In use they stay beside it; else it takes their place, and they come again in another dataset."""
    said = record("a", "b", id="1")
    private_import(jsonl(record("other")))
    Dataset.objects.update(never_leaves=False)
    build.dataset(said)
    origin = Dialogue.objects.get(source_id="1").content_hash
    if is_in_use:
        Entry.objects.add(wordings=["a"], text="b", origin=origin, kind="reply", source="page", by=None)
    private_import(jsonl(record("a", "b", "and", "more", id="1")))
    if not is_in_use:
        build.dataset(said, name="another")
    assert list(Dialogue.objects.filter(content_hash=origin).values_list("never_leaves", flat=True)) == [True]
    assert not Entry.objects.filter(never_leaves=False).exists()


def test_a_public_file_that_comes_again_as_private_marks_what_has_grown_from_it(jsonl, tmp_path):
    said, grown = record("a", "b", id="1"), record("a", "b", "and", "more", id="1")
    imported_records(tmp_path, said, grown)
    private_import(jsonl(said))
    assert not Dialogue.objects.filter(never_leaves=False).exists()


def test_two_of_a_batch_with_one_id_are_marked_together(jsonl, tmp_path):
    private_import(jsonl(record("a", "b", id="7")), name="secret")
    imported_records(tmp_path, record("a", "b", id="1"), record("a", "b", "and", "more", id="1"))
    assert not Dialogue.objects.filter(never_leaves=False).exists()


def test_what_an_undone_import_puts_back_is_marked_as_its_dataset_was_meanwhile(tmp_path):
    imported_records(tmp_path, record("a", "b", id="1"))
    job = imported_records(tmp_path, record("a", "b", "and", "more", id="1"))
    made = Dataset.objects.get()
    for marked in (True, False):
        made.never_leaves = marked
        made.save()
    undone(job)
    assert Dialogue.objects.get().turn_count == 2
    assert private_openings() == {"a"}


def test_an_import_goes_on_in_its_dataset_that_was_renamed_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "BATCH", 1)
    build.dataset(record("a"))
    batches = run.batches

    def with_another_name(*of):
        for number, batch in enumerate(batches(*of)):
            if number == 1:
                made = Dataset.objects.get()
                made.name = "renamed"
                made.save()
            yield batch

    monkeypatch.setattr(run, "batches", with_another_name)
    job = imported_records(tmp_path, record("b"), record("c"))
    assert (job.state, job.dataset_name) == ("done", "renamed")
    assert Dataset.objects.get().dialogue_count == 3


def test_marking_a_dataset_marks_its_dialogues_and_they_stay_marked():
    made = build.dataset(record("a"), record("b"))
    made.never_leaves = True
    made.save()
    assert private_openings() == {"a", "b"}
    made.never_leaves = False
    made.save()
    assert private_openings() == {"a", "b"}


def test_marking_in_the_admin_marks_the_dialogues(admin_client):
    made = build.dataset(record("a"))
    fields = {"name": "shop", "note": "", "builtin": "", "never_leaves": "on"}
    response = admin_client.post(reverse("admin:dialogues_dataset_change", args=[made.pk]), fields)
    assert response.status_code == 302
    assert private_openings() == {"a"}


def test_marking_in_the_admin_leaves_what_an_import_has_counted_meanwhile():
    seen = build.dataset(record("a"))
    build.dataset(record("b"))
    seen.never_leaves = True
    admin = DatasetAdmin(Dataset, AdminSite())
    admin.save_model(None, seen, SimpleNamespace(changed_data=["never_leaves"]), change=True)
    stored = Dataset.objects.get()
    assert (stored.never_leaves, stored.dialogue_count) == (True, 2)


def test_what_is_added_to_a_dataset_marked_meanwhile_is_marked():
    made = build.dataset(record("a"))
    Dataset.objects.update(never_leaves=True)
    build.dataset(record("b"), name=made.name)
    assert private_openings() == {"b"}


@pytest.mark.parametrize("marked", ["dialogue", "dataset", "deleted"])
def test_one_that_stays_keeps_all_from_leaving(marked):
    made = build.dataset(record("a"), record("b"))
    ids = list(made.dialogues.values_list("pk", flat=True))
    assert Dialogue.objects.all_may_leave(ids)
    if marked == "dialogue":
        Dialogue.objects.filter(pk=ids[0]).update(never_leaves=True)
    elif marked == "dataset":
        Dataset.objects.update(never_leaves=True)
    else:
        Dialogue.objects.filter(pk=ids[0]).delete()
    assert not Dialogue.objects.all_may_leave(ids)
