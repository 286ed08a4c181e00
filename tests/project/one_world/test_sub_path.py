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


def test_no_link_leaves_the_sub_path(world, as_admin):
    addresses = {name: page.address(name, world) for name, page in SITE.items() if "GET" in page.methods}
    outside = {}
    for name, address in addresses.items():
        set_script_prefix(f"{PREFIX}/")  # as the handler of a real request does
        response = as_admin.get(address)
        links = [] if response.streaming else LINK.findall(response.content.decode())
        outside[name] = [link for link in links if not link.startswith(f"{PREFIX}/")]
    assert {name: links for name, links in outside.items() if links} == {}


def test_a_stranger_is_sent_to_sign_in_below_it(client):
    set_script_prefix(f"{PREFIX}/")
    response = client.get("/review/")
    assert response.url.startswith(f"{PREFIX}/accounts/login/?next={PREFIX}/review/")
