"""A site behind a proxy under a sub-path: every link of every page stays below it."""

import re

import pytest
from django.urls import set_script_prefix

from tests.project.pages import SITE

pytestmark = pytest.mark.django_db
LINK = re.compile(r'(?:href|src|action|hx-get|hx-post|hx-delete)="(/[^"]*)"')
PREFIX = "/ecc"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.FORCE_SCRIPT_NAME = PREFIX
    settings.STATIC_URL = "static/"
    yield
    set_script_prefix("/")


@pytest.mark.parametrize("name", [name for name, page in SITE.items() if "GET" in page.methods])
def test_no_link_leaves_the_sub_path(name, world, as_admin):
    address = SITE[name].address(name, world)
    set_script_prefix(f"{PREFIX}/")  # as the handler of a real request does
    response = as_admin.get(address)
    if response.streaming:
        return
    outside = [link for link in LINK.findall(response.content.decode()) if not link.startswith(f"{PREFIX}/")]
    assert outside == []


def test_a_stranger_is_sent_to_sign_in_below_it(client):
    set_script_prefix(f"{PREFIX}/")
    response = client.get("/review/")
    assert response.url.startswith(f"{PREFIX}/accounts/login/?next={PREFIX}/review/")
