"""A manager asks how far the score is to be trusted, takes the values that fit, and lets a scorer learn."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.people import sign_in

pytestmark = [pytest.mark.system, pytest.mark.browser]
NAME = "reviewed by two"


def test_from_verdicts_to_a_profile_and_to_a_predicted_acceptance(page, site):
    site.run("tests.system.make_verdicts", NAME)
    sign_in(page, site, "manager")
    page.goto(f"{site.url}/calibration/")
    expect(page.locator("#agreement .headline")).to_contain_text("On 105 replies that people reviewed")  # by a job
    expect(page.locator("#figures-state")).to_contain_text("no verdict since")
    for chart in ("reliability", "fit"):
        expect(page.locator(f"#chart-{chart} .main-svg").first).to_be_visible()
    expect(page.locator("#fit .headline")).to_contain_text("clearly better than the active ones")
    page.get_by_role("link", name="See what would change").click()
    expect(page.locator("[data-changes]")).to_contain_text("answers would become acceptable")
    page.go_back()
    page.get_by_role("button", name="Use these").click()
    expect(page.locator(".messages")).to_contain_text("Revision 2 is active.")
    page.get_by_role("button", name="Show it beside Eq. 1").click()
    expect(page.locator("[data-active]")).to_contain_text("210 verdicts")
    dataset = page.locator("[name=dataset]").first.input_value()
    page.goto(f"{site.url}/datasets/{dataset}/dialogues/")
    page.locator("#dialogues .found a").first.click()
    expect(page.locator(".chip", has_text=re.compile(r"predicted acceptance \d+%")).first).to_be_visible()
    page.goto(f"{site.url}/calibration/")
    page.get_by_role("button", name="Stop showing it").click()
    expect(page.locator(".messages")).to_contain_text("no longer shown")
    page.get_by_label("Verdicts", exact=True).select_option("out")
    expect(page).to_have_url(re.compile(r"sight=out"))
