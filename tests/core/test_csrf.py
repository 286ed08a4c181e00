"""A form whose token is no longer valid, because somebody has signed in in another tab."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(annotator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(annotator)
    return client


def test_htmx_leads_the_window_back_to_its_page_which_names_the_cause(strict, round_):
    page = reverse("review:desk", args=[round_.pk])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    response = strict.post(reverse("review:undo", args=[round_.pk]), headers=headers)
    assert response["HX-Redirect"] == page
    assert "annotator has signed in in another tab" in strict.get(page).content.decode()


def test_a_browser_is_told_the_cause_and_led_back(strict, round_):
    page = reverse("review:desk", args=[round_.pk])
    headers = {"Referer": f"http://testserver{page}"}
    response = strict.post(reverse("review:undo", args=[round_.pk]), headers=headers)
    assert response.status_code == 403
    assert "This page was out of date" in response.content.decode()
    assert f'href="{page}"' in response.content.decode()
