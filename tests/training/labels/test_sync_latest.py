import uuid

import pytest
from django.urls import reverse

from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from training.labels.from_verdicts import sync_latest
from training.models import Label

pytestmark = [pytest.mark.django_db, pytest.mark.database]


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
