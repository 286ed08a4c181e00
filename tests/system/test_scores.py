"""A manager at the score page, in a real browser: sliders, what they would change, and back."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.people import sign_in

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_sliders_say_what_would_change_and_what_is_saved_can_be_undone(page, site):
    sign_in(page, site, "manager")
    page.goto(f"{site.url}/scores/")
    threshold = page.get_by_label("Threshold")
    expect(threshold).to_have_value("0.5")
    threshold.focus()
    threshold.press("Home")
    expect(page.locator("[data-changes]")).to_contain_text(re.compile(r"^[1-9]\d* answers would become acceptable, 0 "))
    assert page.locator(".slider output").last.inner_text() == "0.00"
    expect(page.locator("#chart-tried .main-svg").first).to_be_visible()
    expect(page.locator("#chart-alpha .main-svg").first).to_be_visible()
    changed = page.locator("#what-if-result tbody").last.get_by_role("link").first
    changed.click()
    expect(page).to_have_url(re.compile(r"/dialogues/\d+/#turn-\d+$"))
    page.go_back()
    threshold.focus()
    threshold.press("End")
    expect(page.locator("[data-changes]")).to_contain_text("0 answers would become acceptable")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("[data-changes]")).to_have_text("These are the active values.")
    threshold.press("Home")
    page.get_by_label("Reason").fill("everything will do")
    page.get_by_role("button", name="Save as the active profile").click()
    expect(page.locator(".messages")).to_contain_text("Revision 2 is active.")
    expect(page.locator("#what-if")).to_contain_text("threshold 0.00, revision 2")
    page.get_by_text("Earlier revisions").click()
    expect(page.locator("#what-if details")).to_contain_text("everything will do")
    page.get_by_role("button", name="Use again").click()
    expect(page.locator("#what-if")).to_contain_text("threshold 0.50, revision 3")
