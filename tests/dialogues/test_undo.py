"""Taking an import back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dialogues.importing import preparing
from dialogues.importing import undo as undoing
from dialogues.importing.undo import undo_import
from dialogues.models import Answer, Dataset, Dialogue, GivenVerdict, Sketch, Turn, UndoJob
from ecc_site.core.models import Act, AuditEntry
from tests.build import record
from tests.dialogues.imports import counters, imported_records, stored, undone, use

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FIRST = [record(f"question {i}", f"answer {i}", id=i) for i in range(7)]


def test_it_takes_back_what_came_and_nothing_else(tmp_path):
    imported_records(tmp_path, *FIRST[:2])
    job = imported_records(tmp_path, *FIRST)
    assert job.can_be_undone
    assert undone(job).state == "done"
    assert stored() == {str(i): [[f"question {i}", f"answer {i}"]] for i in range(2)}
    assert len(set(counters())) == 1
    assert (job.undone_at is not None, job.can_be_undone) == (True, False)
    entry = AuditEntry.objects.get(act=Act.UNDID_IMPORT)
    assert (entry.target, entry.detail) == (job.dataset.name, job.file_name)


def test_what_was_replaced_comes_back_as_it_was(tmp_path):
    imported_records(tmp_path, record("a  b", "c", id=1, split="dev"), never_leaves=True)
    before = list(Dialogue.objects.values("source_id", "split", "content_hash", "never_leaves", "language", "ended_at"))
    turns = list(Turn.objects.values("position", "role", "raw", "text", "formula", "is_open"))
    job = imported_records(tmp_path, record("a  b", "corrected", id=1))
    undone(job)
    assert list(Dialogue.objects.values(*before[0])) == before
    assert list(Turn.objects.values(*turns[0])) == turns


def test_the_satisfaction_of_what_was_replaced_comes_back(tmp_path):
    imported_records(tmp_path, record("a", "b", id=1) | {"satisfaction": 4.5})
    job = imported_records(tmp_path, record("a", "c", id=1) | {"satisfaction": 2})
    assert Dialogue.objects.get().satisfaction == 2
    undone(job)
    assert Dialogue.objects.get().satisfaction == 4.5


def test_the_time_of_what_was_replaced_comes_back(tmp_path):
    line = {"dialogue_id": 1, "role": "user", "text": "a", "time": "2026-11-11 10:00"}
    imported_records(tmp_path, line)
    before = Dialogue.objects.get().ended_at
    job = imported_records(tmp_path, line | {"text": "b"})
    undone(job)
    assert Dialogue.objects.get().ended_at == before is not None


def test_the_age_of_what_was_replaced_comes_back(tmp_path):
    imported_records(tmp_path, record("a", "b", id=1))
    long_ago = timezone.now() - timedelta(days=89)
    Dialogue.objects.update(created_at=long_ago)
    undone(imported_records(tmp_path, record("a", "c", id=1)))
    assert Dialogue.objects.get().created_at == long_ago


def test_the_answers_and_the_verdict_that_came_with_what_was_replaced_come_back(tmp_path):
    verdict = {"preference": "end", "correction": "", "by": "Ann"}
    rated = record("a", "b", id=1)
    rated["turns"][0] |= {"end": "mine", "cloud": "yours", "verdict": verdict}
    imported_records(tmp_path, rated)
    before = sorted(Answer.objects.values_list("source", "version__name", "text"))
    given = GivenVerdict.objects.values_list("preference", "correction", "by").get()
    assert (len(before), given) == (3, ("end", "", "Ann"))
    undone(imported_records(tmp_path, record("a", "c", id=1)))
    assert sorted(Answer.objects.values_list("source", "version__name", "text")) == before
    assert GivenVerdict.objects.values_list("preference", "correction", "by").get() == given


def test_what_was_replaced_is_back_where_an_undo_stops_half_way(tmp_path, monkeypatch):
    earlier = [record(f"question {i}", "earlier", id=i) for i in range(4)]
    imported_records(tmp_path, *earlier)
    job = imported_records(tmp_path, *(record(f"question {i}", "later", id=i) for i in range(4)))
    monkeypatch.setattr(undoing, "BATCH", 2)
    removed = undoing.remove

    def then_somebody_reviews(*of):
        removed(*of)
        use("3")

    monkeypatch.setattr(undoing, "remove", then_somebody_reviews)
    assert "the rest of them stays" in undone(job).error
    assert {source_id: said[0][1] for source_id, said in stored().items()} == {
        **{"0": "earlier", "1": "earlier"},
        **{"2": "later", "3": "later"},
    }


def test_what_was_replaced_comes_back_though_the_import_had_its_words_with_another_id(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "BATCH", 1)
    monkeypatch.setattr(undoing, "BATCH", 1)
    imported_records(tmp_path, record("a", "b", id=1))
    job = imported_records(tmp_path, record("a", "b", "and", "more", id=1), record("a", "b", id=2))
    assert (job.replaced, sorted(stored())) == (1, ["1", "2"])
    undone(job)
    assert stored() == {"1": [["a", "b"]]}


def test_it_is_refused_when_something_is_in_use(tmp_path):
    job = imported_records(tmp_path, *FIRST)
    use("3")
    undo = undone(job)
    assert undo.state == "failed"
    assert "reviewed or learned" in undo.error
    assert (len(stored()), job.undone_at) == (7, None)


def test_it_goes_on_where_a_killed_attempt_stopped(tmp_path, monkeypatch):
    imported_records(tmp_path, record("question 0", "earlier", id=0))
    job = imported_records(tmp_path, *FIRST)
    monkeypatch.setattr(undoing, "BATCH", 2)
    removed = undoing.remove

    def die_at_the_third_batch(dataset, batch):
        if Dialogue.objects.count() <= 4:
            raise SystemExit
        return removed(dataset, batch)

    monkeypatch.setattr(undoing, "remove", die_at_the_third_batch)
    undo = UndoJob.objects.create(import_job=job)
    with pytest.raises(SystemExit):
        undo.run(undo_import)
    monkeypatch.setattr(undoing, "remove", removed)
    UndoJob.objects.update(state="queued")
    undo.refresh_from_db()
    assert (undo.done, Dialogue.objects.count()) == (4, 4)  # three of the file, and one that it had replaced
    undo.run(undo_import)
    undo.refresh_from_db()
    assert (undo.state, stored()) == ("done", {"0": [["question 0", "earlier"]]})


def test_undoing_twice_is_undoing_once(tmp_path):
    job = imported_records(tmp_path, *FIRST)
    undone(job)
    assert undone(job).state == "done"
    assert Dialogue.objects.count() == 0
    assert AuditEntry.objects.filter(act=Act.UNDID_IMPORT).count() == 1


def test_what_near_duplicates_are_found_by_goes_too_and_the_file_can_come_again(tmp_path):
    texts = "这是一句相当长的话，足够用来寻找几乎相同的对话，不是吗"
    job = imported_records(tmp_path, record(texts, "好"))
    assert Sketch.objects.count() == 1
    undone(job)
    assert Sketch.objects.count() == 0
    assert imported_records(tmp_path, record(texts, "好")).added == 1


def test_a_dataset_that_has_another_name_by_now_is_found(tmp_path):
    job = imported_records(tmp_path, *FIRST)
    Dataset.objects.update(name="renamed")
    assert undone(job).state == "done"
    assert Dialogue.objects.count() == 0
