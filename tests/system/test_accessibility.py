"""What axe-core finds on the pages: nothing serious, in both themes."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.system.pages import PAGES
from tests.system.people import come_back

pytestmark = [pytest.mark.system, pytest.mark.browser]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
OF_REVIEW = (
    *("/review/1/overview/", "/review/1/edit/", "/review/new/1/", "/review/1/agreement/", "/review/1/disagreements/"),
    *("/review/1/exports/", "/review/tags/", "/review/phrases/", "/review/people/1/", "/account/tokens/"),
)
OTHERS = ("/find/?q=de", "/runs/", "/labels/", "/versions/", "/people/", "/privacy/", *OF_REVIEW)
EVERYTHING: dict = {}
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what another theme can change
THEMES = {"light": EVERYTHING, "dark": OF_COLOURS}
# Rows of a table are made by one template: what is wrong in them is wrong in one of the first.
FIRST_ROWS = "document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(20).forEach(row => row.remove()))"
# Only what is wrong is worked out and sent: on a large page all that is right takes long.
VIOLATIONS = """async ([where, rules]) => {
    await new Promise(requestAnimationFrame);  // charts have the colours of the theme by then
    const { violations } = await axe.run(where, { ...rules, resultTypes: ["violations"] });
    return violations.map(({ id, impact }) => [id, impact]);
}"""


@pytest.fixture
def page(new_context, site, session_of):
    """An admin's window, into which axe comes as text, and in which nothing moves while axe looks."""
    with new_context(reduced_motion="reduce", bypass_csp=True) as context:
        page = context.new_page()
        come_back(page, site, session_of("admin"))
        yield page


def violations(page, where: str = "html") -> list[tuple[str, str, str]]:
    """Theme, rule and impact of each in both themes; the page follows the theme without being loaded anew."""
    page.evaluate(AXE)
    page.evaluate(FIRST_ROWS)
    found = []
    for theme, rules in THEMES.items():
        page.emulate_media(color_scheme=theme)
        found += [(theme, *row) for row in page.evaluate(VIOLATIONS, [where, rules])]
    return found


def test_nothing_serious_is_found_on_any_page(page, site):
    found = {}
    for path in (*PAGES, *OTHERS):
        assert page.goto(site.url + path).status == 200, path
        serious = [row for row in violations(page) if row[-1] in ("serious", "critical")]
        if serious:
            found[path] = serious
    assert found == {}


@pytest.mark.parametrize(("typed", "said"), [("", r"Found: [1-9]"), ("no such name", "Found: 0")])
def test_nothing_at_all_is_found_in_the_open_palette(page, site, typed, said):
    page.goto(f"{site.url}/jobs/")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    expect(page.locator("#palette [role=status]")).to_have_text(re.compile(said))
    assert violations(page, "#palette") == []
