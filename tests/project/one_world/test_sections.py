"""The navigation: every page that a person opens lights up its section, or is named here as having none."""

import re

import pytest

from ecc_site.sections import SECTIONS, section_of
from tests.project.pages import SITE

pytestmark = pytest.mark.django_db

IN_THE_ACCOUNT_MENU = {
    *("password_change", "tokens", "api-docs", "audit"),
    *("people", "add-person", "person", "privacy", "erase", "erasure"),
}
WITHOUT = {"find", *IN_THE_ACCOUNT_MENU}
NAVIGATION = re.compile(r'<nav class="nav".*?</nav>', re.DOTALL)
LINKS = re.compile(r'<a href="[^"]*"( aria-current="page")?>([^<]*)</a>')
CLIENTS = {"signed in": "as_manager", "annotator": "as_annotator", "manager": "as_manager", "admin": "as_admin"}
OPENED = [name for name, page in SITE.items() if "GET" in page.methods and page.needs in CLIENTS]


def navigation(response) -> list[tuple[str, bool]]:
    """Name of each section and whether it is the current one; empty for what shows no navigation."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    shown = NAVIGATION.search(response.content.decode())
    return [(name, bool(current)) for current, name in LINKS.findall(shown.group())] if shown else []


@pytest.mark.parametrize("name", OPENED)
def test_a_page_lights_up_its_section(name, world, request):
    client = request.getfixturevalue(CLIENTS[SITE[name].needs])
    shown = navigation(client.get(SITE[name].address(name, world)))
    if shown:
        here = section_of(name)
        assert bool(here) != (name in WITHOUT), f"{name} needs its place in ecc_site/sections.py"
        assert [section for section, is_here in shown if is_here] == ([str(here.name)] if here else [])


def test_each_leads_to_a_page_of_its_own():
    assert [section_of(section.url) for section in SECTIONS] == list(SECTIONS)
    assert {name for name in WITHOUT if section_of(name) or name not in SITE} == set()


@pytest.mark.parametrize(
    ("client", "count"), [("as_annotator", 1), ("as_manager", len(SECTIONS) - 1), ("as_admin", len(SECTIONS))]
)
def test_everybody_sees_the_sections_of_the_role(request, client, count):
    client = request.getfixturevalue(client)
    assert len(navigation(client.get("/accounts/password_change/"))) == count
    assert len(navigation(client.get("/nowhere/"))) == count


def test_a_stranger_sees_none(client):
    assert navigation(client.get("/accounts/login/")) == []


@pytest.mark.parametrize(
    ("page", "section"),
    [
        ("review:calibration-measures", "Scores"),
        ("review:tags", "Review"),
        ("dialogues:import", "Import"),
        ("dialogues:list", "Dialogues"),
        ("round", "Review"),
    ],
)
def test_the_closest_name_decides(page, section):
    assert str(section_of(page).name) == section
    assert section_of("a page of tomorrow") is None
