"""A manager's first page in a real browser: the sentence, the charts, something to do, and back."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.usefixtures("manager")]


def test_a_manager_sees_how_the_end_model_does_follows_what_waits_and_comes_back(page, site):
    page.goto(site.url)
    sentence = page.locator("[data-sentence]")
    expect(sentence).to_contain_text("answers customers.")
    expect(sentence).to_contain_text(re.compile(r"\d+% \[\d+, \d+\] of its answers"))
    expect(page.locator("#chart-score .main-svg").first).to_be_visible()
    first = page.locator("[data-to-do] a").first
    text = first.inner_text()
    first.click()
    expect(page).not_to_have_url(f"{site.url}/")
    page.go_back()
    expect(page.locator("[data-to-do] a").first).to_have_text(text)
    page.locator("[data-dataset]").click()
    expect(page).to_have_url(re.compile(r"/datasets/\d+/$"))
