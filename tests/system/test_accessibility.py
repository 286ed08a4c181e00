"""What axe-core finds on the pages: nothing serious, in both themes."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.system.people import sign_in
from tests.system.test_widths import PAGES

pytestmark = [pytest.mark.system, pytest.mark.browser]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
OF_REVIEW = (
    *("/review/1/overview/", "/review/1/edit/", "/review/new/1/", "/review/1/agreement/", "/review/1/disagreements/"),
    *("/review/1/exports/", "/review/tags/", "/review/phrases/", "/review/people/1/", "/account/tokens/"),
)
ALL: dict = {}
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what another theme can change
OTHERS = ("/find/?q=de", "/runs/", "/labels/", "/versions/", "/people/", "/privacy/", *OF_REVIEW)


@pytest.mark.parametrize(("theme", "rules"), [("light", ALL), ("dark", OF_COLOURS)], ids=["light", "dark"])
def test_nothing_serious_is_found_on_any_page(browser, site, theme, rules):
    context = browser.new_context(
        locale="en-US", color_scheme=theme, bypass_csp=True
    )  # axe comes into the page as text
    page = context.new_page()
    sign_in(page, site, "admin")
    found = {}
    for path in (*PAGES, *OTHERS):
        assert page.goto(site.url + path).status == 200, path
        page.evaluate(AXE.read_text())
        violations = page.evaluate("rules => axe.run(rules)", rules)["violations"]
        serious = [row["id"] for row in violations if row["impact"] in ("serious", "critical")]
        if serious:
            found[path] = serious
    context.close()
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("typed", "said"), [("", r"Found: [1-9]"), ("no such name", "Found: 0")])
def test_nothing_serious_is_found_in_the_open_palette(browser, site, theme, typed, said):
    context = browser.new_context(locale="en-US", color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, "admin")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    expect(page.locator("#palette [role=status]")).to_have_text(re.compile(said))
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run('#palette')")["violations"]
    context.close()
    assert [row["id"] for row in violations] == []
