"""The page of a dialogue: all that hangs on its turns."""

import pytest
from django.urls import reverse

from dialogues.models import Answer, Dialogue, Turn
from knowledge.models import Entry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(as_manager):
    def read(dialogue: Dialogue, **asked) -> str:
        return as_manager.get(reverse("dialogue", args=[dialogue.pk]), asked).content.decode()

    return read


def test_all_that_hangs_on_a_turn_is_shown_and_linked(world, page):
    Answer.objects.filter(pk=world.written.pk).update(text="as it should be")
    shown = page(world.dialogue)
    for answer in (world.end, world.cloud, world.human):
        assert answer.text in shown
    assert "as it should be" in shown
    assert "correction · annotator" in shown
    assert "<strong>0.50</strong>" in shown
    assert "both bad" in shown
    for address in (
        reverse("review:desk", args=[world.round.pk]),
        reverse("training:label", args=[world.label.pk]),
        reverse("training:label", args=[world.teacher_label.pk]),
        reverse("entry", args=[world.entry.pk]),
        reverse("serving:call", args=[world.call.pk]),
    ):
        assert f'href="{address}"' in shown


def test_an_entry_that_was_made_of_a_turn_is_shown_there_once(world, page):
    values = {"kind": "reply", "text": "learned here", "source": "verdict", "origin": world.dialogue.content_hash}
    entry = Entry.objects.add(by=None, wordings=[world.turn.text], **values)
    assert page(world.dialogue).count(f"{entry.pk}: learned here") == 1
    world.verdict.entry = entry
    world.verdict.save()
    assert page(world.dialogue).count(f"{entry.pk}: learned here") == 1


def test_a_withdrawn_verdict_is_not_shown_and_a_closed_round_is_no_link(world, page):
    desk = f'href="{reverse("review:desk", args=[world.round.pk])}"'
    type(world.round).objects.update(is_open=False)
    shown = page(world.dialogue)
    assert "both bad" in shown
    assert desk not in shown
    type(world.verdict).objects.update(withdrawn=True)
    assert "both bad" not in page(world.dialogue)


def test_the_imported_text_is_shown_where_cleaning_changed_it(page):
    dialogue = build.dataset(build.record("在吗\u200b  亲", "在的")).dialogues.get()
    shown = page(dialogue)
    assert shown.count("As it was imported") == 1
    assert "在吗 亲" in shown


def test_a_turn_without_anything_has_no_empty_sections(page):
    shown = page(build.dataset(build.record("在吗")).dialogues.get())
    for nothing in ("Verdicts", "Replies to learn</h3>", "Details", "As it was imported", 'class="answers"'):
        assert nothing not in shown


def test_neighbours_are_those_of_the_search_or_of_the_dataset(page):
    said = ["发货 a", "退款 a", "发货 b", "退款 b", "发货 c"]
    shop = build.dataset(*(build.record(text, id=str(i)) for i, text in enumerate(said)))
    build.dataset(build.record("发货"), name="other")
    rows = list(shop.dialogues.order_by("pk"))
    searched = page(rows[2], q="发货", dataset=shop.pk)
    query = f"?q=%E5%8F%91%E8%B4%A7&amp;dataset={shop.pk}"
    assert f'rel="prev" href="/dialogues/{rows[4].pk}/{query}"' in searched
    assert f'rel="next" href="/dialogues/{rows[0].pk}/{query}"' in searched
    assert f'href="/dialogues/{query}"' in searched, "back to the search"
    alone = page(rows[4])
    assert f'rel="next" href="/dialogues/{rows[3].pk}/"' in alone
    assert 'rel="prev"' not in alone, "the next newer one is of another dataset"


@pytest.mark.parametrize("turns", [2, 60])
def test_the_number_of_questions_does_not_grow_with_the_turns(
    turns, annotator, as_manager, django_assert_max_num_queries
):
    asked = build.dataset(build.record(*(f"said {i}" for i in range(turns)), split="train"))
    end, cloud = build.version("v1"), build.version("teacher", kind="cloud")
    build.answered(asked, cloud)
    build.scored(asked, end, [0.5] * (turns // 2))
    for turn in Turn.objects.filter(is_open=True):
        build.label(turn, "better", author=annotator)
    with django_assert_max_num_queries(26):
        as_manager.get(reverse("dialogue", args=[asked.dialogues.get().pk]))
