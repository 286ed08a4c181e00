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


def navigation(response) -> list[tuple[str, bool]]:
    """Name of each section and whether it is the current one; empty for what shows no navigation."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    shown = NAVIGATION.search(response.content.decode())
    return [(name, bool(current)) for current, name in LINKS.findall(shown.group())] if shown else []


def test_a_page_lights_up_its_section(world, as_annotator, as_manager, as_admin):
    clients = {"signed in": as_manager, "annotator": as_annotator, "manager": as_manager, "admin": as_admin}
    expected, lit = {}, {}
    for name, page in SITE.items():
        if "GET" not in page.methods or page.needs not in clients:
            continue
        if shown := navigation(clients[page.needs].get(page.address(name, world))):
            here = section_of(name)
            assert bool(here) != (name in WITHOUT), f"{name} needs its place in ecc_site/sections.py"
            expected[name] = [str(here.name)] if here else []
            lit[name] = [section for section, is_here in shown if is_here]
    assert len(lit) > 50
    assert lit == expected


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
