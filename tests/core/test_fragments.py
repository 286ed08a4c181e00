"""One URL, two answers: here by the list of dialogues, which is built with page_or_fragment."""

import pytest

from dialogues.models import Dataset

PAGE, FRAGMENT = b"<html", b'id="dialogues"'


@pytest.fixture
def address(db):
    return f"/datasets/{Dataset.objects.create(name='d').pk}/dialogues/"


def test_a_browser_gets_the_page_with_the_fragment_in_it(as_manager, address):
    content = as_manager.get(address).content
    assert PAGE in content
    assert content.count(FRAGMENT) == 1


def test_htmx_gets_the_fragment_alone(as_manager, address):
    content = as_manager.get(address, headers={"HX-Request": "true"}).content
    assert PAGE not in content
    assert content.count(FRAGMENT) == 1


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_the_page_where_it_replaces_all_of_it(as_manager, address, header):
    assert PAGE in as_manager.get(address, headers={"HX-Request": "true", header: "true"}).content


def test_a_cache_keeps_the_two_apart(as_manager, address):
    assert "HX-Request" in as_manager.get(address)["Vary"]
