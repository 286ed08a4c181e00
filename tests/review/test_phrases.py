"""The shop's approved phrases."""

import pytest
from django.urls import reverse

from review.models import Phrase

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("review:phrases")


def test_the_list_is_replaced_in_its_order_without_what_is_twice(as_manager, url):
    as_manager.post(url, {"phrases": "first\n\n second \nfirst"})
    assert list(Phrase.objects.values_list("text", flat=True)) == ["first", "second"]
    as_manager.post(url, {"phrases": "third\nfirst"})
    assert list(Phrase.objects.values_list("text", flat=True)) == ["third", "first"]
    assert "third\nfirst" in as_manager.get(url).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [("x" * 501, "Line 1 is longer than 500"), ("\n".join(map(str, range(201))), "At most 200 phrases; these are 201")],
)
def test_what_does_not_fit_is_said_and_nothing_changes(as_manager, url, text, said):
    Phrase.objects.create(text="kept", position=0)
    response = as_manager.post(url, {"phrases": text})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert list(Phrase.objects.values_list("text", flat=True)) == ["kept"]


def test_the_desk_has_them(as_annotator, round_):
    Phrase.objects.create(text="</script><b>", position=0)
    page = as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()
    assert "\\u003C/script\\u003E\\u003Cb\\u003E" in page
