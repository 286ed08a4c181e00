"""The moment people should love: correct answers, press Teach, see those answers before and after, promote, undo."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.people import all_saved, ask, come_back, open_desk, shown

pytestmark = [pytest.mark.system, pytest.mark.browser]
TRAINING_MS = 400_000
STEPS = 40  # six corrections are learned by then; recommended are hundreds
CORRECTION = "亲，这个我帮您登记好了，24小时内给您答复哦"
REMEMBERS = re.compile(r"Remembers \d of \d\.")  # other stories correct, and forget, in the same round


def correct_six(page) -> str:
    """Give six answers of the demo's teaching round a correction of their own; returns the first question."""
    first, done = shown(page, "[data-question]").inner_text(), page.locator("[data-progress]")
    for i in range(6):
        before = done.inner_text()
        shown(page).wait_for()
        page.keyboard.press("e")
        shown(page, "[name=correction]").fill(f"{CORRECTION} {i}")
        page.keyboard.press("Escape")
        page.keyboard.press("0")
        expect(done).not_to_have_text(before)
    all_saved(page)
    return first


def test_corrections_are_taught_compared_promoted_and_rolled_back(page, site, session_of):
    come_back(page, site, session_of("annotator2"))
    page.goto(f"{site.url}/review/")
    open_desk(page, "demo · teach")
    question = correct_six(page)

    come_back(page, site, session_of("manager"))
    page.goto(site.url)
    page.locator("main table").get_by_role("link", name="demo", exact=True).click()
    page.get_by_role("button", name="Teach").click()
    expect(page.locator("h1")).to_contain_text("Teach demo")
    page.fill("[name=wordings]", "2")  # while the page is refreshed
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled(timeout=TRAINING_MS)
    expect(page.locator("[data-prospect]")).to_contain_text("unseen questions are near one of them")
    assert CORRECTION in page.locator("[data-start]").inner_text()
    expect(page.locator("[name=wordings]")).to_have_value("2")
    site.run("tests.system.shorten", re.search(r"/runs/(\d+)/", page.url)[1], str(STEPS))
    start.click()
    expect(page.locator("[data-taught]")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator("[data-held-out]")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator("[data-arms] h2")).to_contain_text(REMEMBERS, timeout=TRAINING_MS)
    before, after = (float(part) for part in page.locator("[data-taught]").inner_text().split("→"))
    assert after > before, "what was taught is not said any better"
    assert CORRECTION in page.locator(".changed").inner_text()
    expect(page.locator("[data-decision] .button.primary")).to_have_text(re.compile("Keep|Promote"))

    page.click("text=Open the release gate")
    version = page.locator("h1").inner_text().splitlines()[0].strip()
    registry_page = page.url
    page.fill("[name=reason]", "to see it answer")
    page.locator("form[action*='/promote/'] button").click()
    expect(page.locator("main")).to_contain_text("answers customers from now on")

    page.goto(site.url)
    answers = re.compile(rf"{re.escape(version.split(' ')[0])}.* answers customers\.")
    expect(page.locator("[data-sentence] strong")).to_have_text(answers)
    expect(ask(page, site, question)).to_have_text(f"{CORRECTION} 0")
    page.locator("[data-used] a").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".head .chip")).to_have_text("removed")
    page.goto(registry_page)
    page.fill("form[action*='/rollback/'] [name=reason]", "undo")
    page.locator("form[action*='/rollback/'] button").click()
    expect(page.locator("main")).to_contain_text("answers customers again")
    # Only now: the version that was taught may know the correction by heart, without the memory.
    expect(ask(page, site, question)).not_to_have_text(re.compile(rf"^\s*(?:{CORRECTION} 0)?\s*$"))
