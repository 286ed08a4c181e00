"""Labels that are used become entries of the memory by one button."""

import pytest

from dialogues.models import Comparison, Dataset, Dialogue
from knowledge.models import Clock, Entry
from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from review.models import Round
from tests import build
from training.labels.from_verdicts import sync_labels
from training.labels.remembering import remember_labels
from training.models import Label

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop(db):
    return build.shop()


@pytest.fixture
def teacher(shop):
    return build.version("teacher", kind="cloud", model="recorded")


def label(shop, i, text, teacher, **values):
    return build.label(build.turn(shop, i), text, source="teacher", teacher=teacher, **values)


def remembered():
    return {entry.wordings.get().text: entry.text for entry in Entry.objects.all()}


def test_what_is_used_is_remembered_once(shop, teacher, manager):
    used = label(shop, 0, "taught 0", teacher)
    label(shop, 1, "taught 1", teacher)
    build.label(build.turn(shop, 1), "better 1")
    Label.objects.filter(pk=label(shop, 3, "bad", teacher).pk).update(rejected=True, chosen=False)
    assert remember_labels(Label.objects.all(), manager) == 2
    assert remembered() == {"question 0": "taught 0", "question 1": "better 1"}
    used.refresh_from_db()
    dialogue = used.turn.dialogue
    assert (used.entry.origin, used.entry.source, used.entry.author) == (dialogue.content_hash, "label", manager)
    assert remember_labels(Label.objects.all(), manager) == 0
    assert Clock.now() == 1


def test_only_what_the_filter_shows(as_manager, shop, teacher):
    label(shop, 0, "taught 0", teacher)
    build.label(build.turn(shop, 1), "better 1")
    page = as_manager.post("/labels/remember/", {"source": "teacher"}, follow=True)
    assert "1 reply is remembered." in page.content.decode()
    assert page.redirect_chain[0][0].endswith("?source=teacher")
    assert remembered() == {"question 0": "taught 0"}


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_verdict_has_left_acts_once_and_goes_with_the_verdict(reviewed, round_, annotator, manager, at_once):
    Dataset.objects.update(remembers_at_once=at_once)
    record(annotator, next_item(round_, annotator), build.verdict_input("both_bad", correction="三天内到"))
    sync_labels(reviewed)
    assert remember_labels(Label.objects.all(), manager) == (0 if at_once else 1)
    assert Entry.objects.get().state == "active"
    undo(annotator, round_, build.verdict_input().key)
    assert not Entry.objects.filter(state="active").exists()


def test_what_somebody_has_removed_stays_so(reviewed, round_, annotator, manager):
    Dataset.objects.update(remembers_at_once=True)
    record(annotator, next_item(round_, annotator), build.verdict_input("both_bad", correction="三天内到"))
    Entry.objects.get().remove(by=manager)
    sync_labels(reviewed)
    assert remember_labels(Label.objects.all(), manager) == 0
    assert Entry.objects.get().state == "removed"


def active():
    return list(Entry.objects.filter(state="active").values_list("text", flat=True))


def test_what_became_a_label_by_a_later_tick_goes_with_its_verdict(reviewed, round_, annotator, manager):
    item = next_item(round_, annotator)
    record(annotator, item, build.verdict_input("reference"))
    Round.objects.update(teach_preferred=True)
    sync_labels(reviewed)
    assert remember_labels(Label.objects.all(), manager) == 1
    assert active() == [item.comparison.reference.text]
    assert remember_labels(Label.objects.all(), manager) == 0
    undo(annotator, round_, build.verdict_input().key)
    assert active() == []


def test_what_a_manager_has_rewritten_does_not_come_back_beside_it(reviewed, round_, annotator, manager):
    Dataset.objects.update(remembers_at_once=True)
    record(annotator, next_item(round_, annotator), build.verdict_input("both_bad", correction="三天内到"))
    Entry.objects.get().change(by=manager, text="五天内到")
    sync_labels(reviewed)
    assert remember_labels(Label.objects.all(), manager) == 0
    assert active() == ["五天内到"]


def test_pairs_that_are_judged_once_are_remembered_once_and_go_together(reviewed, spec, annotator, manager):
    for role, text in (("turn", "same question"), ("end", "same answer"), ("reference", "same reply")):
        for comparison in Comparison.objects.filter(turn__position=0):
            row = getattr(comparison, role)
            type(row).objects.filter(pk=row.pk).update(text=text)
    twins = build.make_round(spec(propagates=True))
    first = twins.items.filter(same_as=None, copies__isnull=False).first()
    while (item := next_item(twins, annotator)) != first:
        record(annotator, item, build.verdict_input("tie"))
    record(annotator, item, build.verdict_input("both_bad", correction="三天内到"))
    sync_labels(reviewed)
    assert Label.objects.filter(text="三天内到").count() > 1
    assert remember_labels(Label.objects.all(), manager) == 1
    assert active() == ["三天内到"]
    undo(annotator, twins, build.verdict_input().key)
    assert active() == []


def test_the_page_of_a_label_says_that_the_memory_goes_on_giving_it(as_manager, shop, teacher, manager):
    used = label(shop, 0, "taught 0", teacher)
    remember_labels(Label.objects.all(), manager)
    as_manager.post(f"/labels/{used.pk}/judge/", {"judgement": "reject"})
    page = as_manager.get(f"/labels/{used.pk}/").content.decode()
    assert f'<a href="/memory/{Entry.objects.get().pk}/">' in page
    assert "until it is removed there" in page


def test_what_a_test_dialogue_has_as_well_is_left_out(shop, teacher):
    label(shop, 0, "taught 0", teacher)
    build.dataset(build.record("question 0", "Taught 0.", split="test"), name="another")
    assert remember_labels(Label.objects.all(), None) == 0
    assert Clock.now() == 0


def test_what_never_leaves_never_leaves_the_memory(shop, teacher):
    Dialogue.objects.update(never_leaves=True)
    label(shop, 0, "taught 0", teacher)
    remember_labels(Label.objects.all(), None)
    assert Entry.objects.get().never_leaves
