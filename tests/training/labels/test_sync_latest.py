import threading
import uuid

import pytest
from django.urls import reverse, reverse_lazy

from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from review.models import VerdictRevision
from training.labels import latest
from training.labels.from_verdicts import sync_labels as made_of
from training.labels.latest import sync_latest
from training.models import Label, LabelSync
from training.tasks import sync_labels

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LABELS = reverse_lazy("training:labels")


@pytest.fixture
def correct(round_, annotator, verdict_input):
    def say(text):
        record(annotator, next_item(round_, annotator), verdict_input("both_bad", correction=text))

    return say


def test_the_page_shows_a_correction_at_once(as_manager, correct):
    for text in ("第一句更正", "第二句更正"):
        correct(text)
        assert text in as_manager.get(reverse("training:labels")).content.decode()
    assert Label.objects.chosen().count() == 2


def test_a_withdrawal_is_seen_too(correct, round_, annotator):
    correct("第一句更正")
    sync_latest()
    undo(annotator, round_, uuid.uuid4())
    sync_latest()
    assert Label.objects.get().rejected


def test_where_nobody_said_anything_new_it_costs_one_query(correct, django_assert_num_queries):
    correct("第一句更正")
    sync_latest()
    with django_assert_num_queries(1):
        sync_latest()


def test_a_process_that_has_forgotten_looks_at_the_newest_alone(correct):
    from django.core.cache import cache

    correct("第一句更正")
    correct("第二句更正")
    sync_latest()
    before = list(Label.objects.values())
    cache.clear()
    sync_latest()
    assert list(Label.objects.values()) == before


def test_what_is_too_much_for_a_page_is_left_to_the_task(correct, round_, as_manager, monkeypatch):
    monkeypatch.setattr(latest, "SIZE", 2)
    for text in ("一", "二", "三"):
        correct(text)
    assert sync_latest(most=2) == 3
    assert not Label.objects.exists()
    monkeypatch.setattr(latest.sync_latest, "__defaults__", (2,))
    for address in (reverse("round", args=[round_.pk]), reverse("dataset", args=[round_.dataset_id]), LABELS):
        assert "3 newer verdicts are not counted yet" in as_manager.get(address).content.decode()
    sync_labels()
    assert Label.objects.count() == 3
    assert LabelSync.up_to() == VerdictRevision.objects.latest("pk").pk
    assert "not counted yet" not in as_manager.get(LABELS).content.decode()


def test_it_goes_on_where_an_earlier_look_was_killed(correct, monkeypatch):
    monkeypatch.setattr(latest, "SIZE", 2)
    for text in ("一", "二", "三", "四", "五"):
        correct(text)
    made, batches = latest.sync_labels, []

    def killed_at_the_second(dataset, turns):
        batches.append(turns)
        if len(batches) == 2:
            raise KeyboardInterrupt
        return made(dataset, turns)

    monkeypatch.setattr(latest, "sync_labels", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sync_latest()
    assert Label.objects.count() == 2
    sync_latest()
    assert sorted(Label.objects.values_list("text", flat=True)) == sorted("一二三四五")
    assert len(batches) == 4


def test_a_few_turns_are_found_by_their_ids_however_many_a_dataset_has(correct, round_):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    correct("一")
    turns = list(VerdictRevision.objects.values_list("verdict__comparison__turn", flat=True))
    with CaptureQueriesContext(connection) as asked:
        made_of(round_.dataset, turns)
    by_dataset = [q["sql"] for q in asked if 'dataset_id" = ' in q["sql"].partition("WHERE")[2]]
    assert by_dataset == []


@pytest.mark.django_db(transaction=True)
def test_a_full_sync_and_a_page_at_once_make_every_label_once(correct, round_):
    from django.db import connection

    for text in ("一", "二", "三", "四", "五"):
        correct(text)
    ready, failed = threading.Barrier(3), []

    def work(sync):
        try:
            ready.wait()
            sync()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    syncs = (lambda: made_of(round_.dataset), lambda: sync_latest(most=None), lambda: made_of(round_.dataset))
    threads = [threading.Thread(target=work, args=(sync,)) for sync in syncs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(Label.objects.values_list("text", flat=True)) == sorted("一二三四五")
