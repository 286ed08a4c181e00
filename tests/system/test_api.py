"""A person makes a token, and tries the API on the page that describes it."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.system.people import come_back

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_a_person_makes_a_token_and_tries_the_api_with_it(page, site, session_of):
    come_back(page, site, session_of("annotator"))
    page.goto(f"{site.url}/account/tokens/")
    page.get_by_label("Name").fill("my notebook")
    page.get_by_label(re.compile("verdicts:read")).check()
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#secret code").inner_text()
    page.get_by_role("link", name="How the API is used").click()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#api-docs .auth-container input").fill(secret)
    page.locator("#api-docs .auth-container").get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()
    operation = page.locator("#operations-verdicts-list_rounds")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answered = operation.locator(".live-responses-table .response")
    expect(answered.locator(".response-col_status")).to_contain_text("200")
    assert json.loads(answered.locator("pre code").first.inner_text())["next_cursor"] is None
