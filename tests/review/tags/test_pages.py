import pytest
from django.urls import reverse

from dialogues.models import Turn
from review import querysets
from review.models import SuggestTagsJob, Tag, TurnTag
from review.tags.accuracy import ENOUGH
from tests import build

pytestmark = pytest.mark.django_db

PAGE = "/review/tags/"


def test_without_tags_the_page_says_what_to_do(as_manager):
    page = as_manager.get(PAGE).content.decode()
    assert "No tags yet" in page
    assert reverse("review:add-tag") in page


def test_a_tag_is_added_with_its_examples(as_manager):
    said = {
        "name": "refund",
        "kind": "topic",
        "description": "money back",
        "examples": " 退款 \n\n钱呢\n退款",
        "position": 4,
    }
    assert as_manager.post(reverse("review:add-tag"), said).url == PAGE
    tag = Tag.objects.get()
    assert (tag.name, tag.kind, tag.description, tag.position) == ("refund", "topic", "money back", 4)
    assert list(tag.examples.values_list("text", flat=True)) == ["退款", "钱呢"]
    page = as_manager.get(PAGE).content.decode()
    assert "refund" in page
    assert "money back" in page


def test_it_is_edited_but_stays_of_its_kind(as_manager, returns):
    kept = returns.examples.get(text="想退货")
    said = {"name": "return", "kind": "topic", "position": 0, "examples": "想退货\n退掉"}
    as_manager.post(reverse("review:edit-tag", args=[returns.pk]), said)
    returns.refresh_from_db()
    assert (returns.name, returns.kind) == ("return", "intent")
    assert list(returns.examples.values_list("text", flat=True)) == ["想退货", "退掉"]
    assert returns.examples.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": "returns"}, "already exists"),
        ({"name": ""}, "required"),
        ({"examples": "好\n" + "长" * 501}, "Line 2 is longer than 500 characters."),
        ({"examples": "\n".join(map(str, range(201)))}, "At most 200 examples are read."),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(as_manager, returns, said, sentence):
    given = {"name": "new", "kind": "intent", "description": "typed words", "position": 0} | said
    page = as_manager.post(reverse("review:add-tag"), given).content.decode()
    assert sentence in page
    assert "typed words" in page
    assert Tag.objects.count() == 1


def test_a_retired_tag_is_offered_again(as_manager, returns):
    address = reverse("review:tag-state", args=[returns.pk])
    as_manager.post(address, {"act": "retire"})
    assert not Tag.objects.active().exists()
    assert "Offer again" in as_manager.get(PAGE).content.decode()
    as_manager.post(address, {"act": "restore"})
    assert Tag.objects.active().exists()


def test_the_page_counts_turns_up_to_a_bound(as_manager, asked, returns, annotator, monkeypatch):
    first, *others = Turn.objects.open_in(asked)
    TurnTag.objects.decide(first, "intent", returns, annotator)
    for turn in others:
        TurnTag.objects.create(turn=turn, tag=returns, kind="intent", similarity=0.5)
    found = Tag.objects.with_counts().get()
    assert (found.confirmed, found.suggested) == (1, 4)
    monkeypatch.setattr(querysets, "COUNTED", 2)
    assert Tag.objects.with_counts().get().suggested == 3  # one more than is counted, and no further


def test_suggesting_starts_one_job_for_a_dataset(as_manager, asked, returns):
    for _ in range(2):
        assert as_manager.post(reverse("review:suggest-tags"), {"dataset": asked.pk}).url == PAGE
    assert SuggestTagsJob.objects.get().dataset == asked
    page = as_manager.get(PAGE).content.decode()
    assert "Suggesting tags for shop" in page
    assert "already waiting or running" in page


def test_figures_and_thresholds_are_shown_once_there_is_enough(as_manager, make_tag, say, annotator):
    tag = make_tag("returns")
    shop = build.shop(splits=["train"] * ENOUGH)
    for i, turn in enumerate(Turn.objects.open_in(shop)):
        say(turn, tag, tag if i else None, annotator)
    SuggestTagsJob.objects.create(dataset=shop, thresholds={"intent": [0.4328, 0], "topic": [0.5, 30]})
    page = as_manager.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    for shown in ("95%", "0.97", "too few to say", "intent: from a similarity of 0.43 on, a default", "by 30 decided"):
        assert shown in page


def test_the_page_asks_a_fixed_number_of_questions(as_manager, make_tag, django_assert_max_num_queries):
    for i in range(30):
        make_tag(f"tag {i}", "怎么退货")
    with django_assert_max_num_queries(10):
        as_manager.get(PAGE)
