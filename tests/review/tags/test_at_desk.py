import pytest
from django.test import Client
from django.urls import reverse

from review.models import TurnTag
from tests.review.tags.states import states

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(as_annotator, round_):
    """The first item that the annotator gets."""
    return as_annotator.get(reverse("review:desk", args=[round_.pk])).context["desks"][0].item


@pytest.fixture
def asked_turn(item):
    return item.comparison.turn


def send(client, item, **said):
    return client.post(reverse("review:tag", args=[item.round_id, item.pk]), said)


def desk_page(client, item) -> str:
    return client.get(reverse("review:desk", args=[item.round_id])).content.decode()


def test_without_tags_the_desk_shows_nothing_of_them(as_annotator, item):
    page = desk_page(as_annotator, item)
    assert 'id="tag-menu"' not in page
    assert "data-accept" not in page


def test_the_suggestion_is_a_chip_with_its_key_and_the_menu_has_all_tags(
    as_annotator, item, asked_turn, returns, shipping, make_tag
):
    make_tag("old", active=False)
    TurnTag.objects.create(turn=asked_turn, tag=returns, kind="intent", similarity=0.5)
    page = desk_page(as_annotator, item)
    assert f'data-accept data-tag="{returns.pk}" data-kind="intent" data-name="returns"' in page
    assert page.count('data-key="a"') == 1
    assert [f'data-choose="{tag.pk}"' in page for tag in (returns, shipping)] == [True, True]
    assert 'data-name="old"' not in page


def test_what_is_confirmed_is_shown_without_a_key(as_annotator, item, asked_turn, returns):
    TurnTag.objects.create(turn=asked_turn, tag=returns, kind="intent", similarity=0.5)
    for _ in range(2):  # sent twice
        assert send(as_annotator, item, kind="intent", tag=returns.pk).json() == {"saved": True}
    row = TurnTag.objects.get()
    assert (row.state, row.by.username, row.similarity) == ("confirmed", "annotator", 0.5)
    page = desk_page(as_annotator, item)
    assert 'data-key="a"' not in page
    assert 'aria-pressed="true"> returns' in page


def test_another_tag_and_none_of_them(as_annotator, item, asked_turn, returns, shipping, make_tag):
    topic = make_tag("after sales", kind="topic")
    TurnTag.objects.create(turn=asked_turn, tag=returns, kind="intent", similarity=0.5)
    send(as_annotator, item, kind="topic", tag=topic.pk)
    send(as_annotator, item, kind="intent", tag=shipping.pk)
    assert states(asked_turn) == {"returns": "refused", "shipping": "confirmed", "after sales": "confirmed"}
    send(as_annotator, item, kind="intent")
    assert states(asked_turn) == {"returns": "refused", "shipping": "refused", "after sales": "confirmed"}
    send(as_annotator, item, kind="intent", tag=returns.pk)
    assert states(asked_turn) == {"returns": "confirmed", "shipping": "refused", "after sales": "confirmed"}


UNKNOWN = [{"kind": "intent", "tag": tag} for tag in (987_654, "x", 9**30)]


@pytest.mark.parametrize("bad", [{"kind": "mood"}, {}, *UNKNOWN])
def test_bad_input_is_refused_with_a_sentence(as_annotator, item, returns, bad):
    response = send(as_annotator, item, **bad)
    assert response.status_code == 422
    assert response.json()["message"]
    assert not TurnTag.objects.exists()


def test_a_tag_of_another_kind_or_a_retired_one_is_refused(as_annotator, item, returns, make_tag):
    old = make_tag("old", active=False)
    assert send(as_annotator, item, kind="topic", tag=returns.pk).json() == {"message": "This tag is of another kind."}
    assert send(as_annotator, item, kind="intent", tag=old.pk).status_code == 422


def test_the_page_of_another_account_saves_nothing(as_annotator, annotator, item, returns, manager):
    refused = send(as_annotator, item, kind="intent", tag=returns.pk, account=manager.pk)
    assert (refused.status_code, "annotator has signed in" in refused.json()["message"]) == (409, True)
    assert not TurnTag.objects.exists()
    assert send(as_annotator, item, kind="intent", tag=returns.pk, account=annotator.pk).status_code == 200


def test_the_page_of_another_account_is_named_also_to_who_has_not_the_dialogue(item, returns, person, annotator):
    other = Client()
    other.force_login(person("bob", "annotator"))
    refused = send(other, item, kind="intent", tag=returns.pk, account=annotator.pk)
    assert (refused.status_code, "bob has signed in" in refused.json()["message"]) == (409, True)


def test_only_who_has_the_dialogue_and_managers_may(item, returns, person, as_manager, round_):
    other = Client()
    other.force_login(person("bob", "annotator"))
    assert send(other, item, kind="intent", tag=returns.pk).status_code == 404
    assert send(as_manager, item, kind="intent", tag=returns.pk).status_code == 200


def test_what_waited_in_a_browser_is_saved_after_the_round_was_closed(as_annotator, item, returns, round_):
    type(round_).objects.update(is_open=False)
    assert send(as_annotator, item, kind="intent", tag=returns.pk).status_code == 200
