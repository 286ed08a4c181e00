"""A correction acts at once: the next customer who asks the same gets it, until somebody removes it."""

import time

import pytest
from playwright.sync_api import expect

from tests.system.people import all_saved, ask, come_back, open_desk, shown

pytestmark = [pytest.mark.system, pytest.mark.browser]
CORRECTION = "亲，这款我马上帮您问仓库，今天之内一定给您答复哦"


def test_a_correction_answers_the_same_question_until_it_is_removed(page, site, session_of):
    come_back(page, site, session_of("annotator"))
    page.goto(f"{site.url}/review/")
    open_desk(page, "demo · teach")
    question = shown(page, "[data-question]").inner_text()
    page.keyboard.press("e")
    shown(page, "[name=correction]").fill(CORRECTION)
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    all_saved(page)

    come_back(page, site, session_of("manager"))
    expect(ask(page, site, "有人吗")).not_to_be_empty()  # the models are loaded by now
    began = time.monotonic()
    expect(ask(page, site, question)).to_have_text(CORRECTION)
    print(f"asked, answered and shown in {time.monotonic() - began:.1f} s")
    page.locator("[data-used] a").click()
    expect(page.locator("main")).to_contain_text("by annotator")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".head .chip")).to_have_text("removed")
    expect(ask(page, site, question)).not_to_have_text(CORRECTION)
