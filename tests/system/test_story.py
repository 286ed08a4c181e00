"""The main job, as its people do it: a real browser at the real site with its workers, on a small file of our own."""

import json
import os
import re

import pytest

from tests.system.people import sign_in

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.system, pytest.mark.browser]
PATIENCE_MS = 90_000


@pytest.fixture(scope="module")
def manager_state(browser, site):
    """Cookies of a manager who has signed in once."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, site, "manager")
    page.wait_for_url(f"{site.url}/")
    yield context.storage_state()
    context.close()


@pytest.fixture(scope="module")
def chat_file(tmp_path_factory):
    """Twelve dialogues of two customer turns, and two lines that cannot be used."""
    path = tmp_path_factory.mktemp("chat") / "week47.jsonl"
    questions = ["什么时候发货", "能便宜点吗", "怎么退货", "尺码偏大吗", "有发票吗", "包邮吗"]
    lines = [
        json.dumps(
            {
                "split": "train",
                "turns": [
                    {"role": "customer", "text": f"{questions[i % 6]} 第{i}次问了"},
                    {"role": "agent", "text": "亲，48小时内发出哦"},
                    {"role": "customer", "text": f"好的谢谢 {i}"},
                    {"role": "agent", "text": "不客气哈亲"},
                ],
            },
            ensure_ascii=False,
        )
        for i in range(12)
    ]
    path.write_text("\n".join([*lines[:6], "{broken", '{"turns": []}', *lines[6:]]), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, site):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    context.set_default_timeout(20_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: problems.append(request.url) if site.url not in request.url else None)
    yield page
    context.close()
    assert problems == [], "errors in the browser, or requests to another host"


def test_a_manager_imports_answers_scores_and_sees_the_charts(page, site, chat_file):
    sign_in(page, site, "manager")
    page.click("text=Import dialogues")
    page.set_input_files("[name=file]", chat_file)
    page.click("text=Upload and preview")
    expect(page.locator("main")).to_contain_text("12 are dialogues and 2 cannot be used")
    page.click("main button.primary")
    expect(page.locator("main")).to_contain_text("12 dialogues added", timeout=PATIENCE_MS)
    expect(page.locator("main table")).to_contain_text("a JSON object")

    page.click("text=Open the dataset")
    page.click("text=Answer and score")
    expect(page.locator(".job .chip.better")).to_have_count(3, timeout=PATIENCE_MS)
    expect(page.locator("#dataset")).to_contain_text("24 pairs scored", timeout=PATIENCE_MS)
    expect(page.locator("#dataset")).to_contain_text("24 of 24 questions")

    page.click("text=View charts")
    expect(page.locator("#chart-distribution .main-svg").first).to_be_visible()
    page.select_option("[name=kind]", "human")  # the recorded teacher knows some of the questions, the agents all
    expect(page.locator("main")).to_contain_text("n = 24")
    page.select_option("[name=split]", "test")
    expect(page.locator("main")).to_contain_text("No scores here yet")
    page.go_back()
    expect(page.locator("main")).to_contain_text("n = 24")


def test_a_manager_sends_it_to_review_and_an_annotator_reviews_ten_by_keys(page, site, browser):
    sign_in(page, site, "manager")
    page.click("text=week47")
    page.click("summary:has-text('Send to review')")
    page.fill("[name=name]", "browser round")
    page.fill("[name=size]", "12")
    page.select_option("[name=kind]", "human")
    page.click("text=Create round")
    expect(page.locator(".messages")).to_contain_text("has 12 comparisons to review")

    page.click("text=Sign out")
    sign_in(page, site, "annotator")
    page.locator(".card", has_text="browser round").get_by_role("link").click()
    done = page.locator("[data-progress]")
    for i, key in enumerate("1230123012"):
        expect(done).to_have_text(f"{i} / 12")
        page.keyboard.press(key)
    expect(done).to_have_text("10 / 12")


def test_typing_gives_no_verdict_and_undo_brings_the_text_back(page, site):
    sign_in(page, site, "annotator")
    page.locator(".card", has_text="browser round").get_by_role("link").click()
    done = page.locator("[data-progress]")
    expect(done).to_have_text("10 / 12")
    page.keyboard.press("e")
    editor = page.locator("#correction")
    expect(editor).to_be_focused()
    editor.fill("")
    page.keyboard.type("Order 1230, sent in 48 h")
    page.wait_for_timeout(300)
    expect(done).to_have_text("10 / 12")
    page.reload()
    expect(editor).to_have_value("Order 1230, sent in 48 h")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("3")
    expect(done).to_have_text("11 / 12")
    page.keyboard.press("z")
    expect(done).to_have_text("10 / 12")
    expect(page.locator("#correction")).to_have_value("Order 1230, sent in 48 h")


def test_keys_are_off_while_an_input_method_composes(page, site):
    sign_in(page, site, "annotator")
    page.locator(".card", has_text="browser round").get_by_role("link").click()
    done = page.locator("[data-progress]")
    before = done.inner_text()
    page.evaluate("document.dispatchEvent(new CompositionEvent('compositionstart'))")
    page.keyboard.press("1")
    page.wait_for_timeout(300)
    expect(done).to_have_text(before)
    page.evaluate("document.dispatchEvent(new CompositionEvent('compositionend'))")
    page.keyboard.press("2")
    expect(done).not_to_have_text(before)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_page_is_wider_than_its_window(browser, site, manager_state, language, theme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale=language, color_scheme=theme, storage_state=manager_state
    )
    page = context.new_page()
    folder = os.environ.get("ECC_SCREENSHOTS")
    for path in ("/", "/review/", "/review/1/", "/scores/", "/cloud/", "/import/", "/datasets/1/", "/dialogues/1/"):
        page.goto(site.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than {width} px"
        if folder:
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            page.screenshot(path=f"{folder}/{name}-{language}-{theme}-{width}.png")
    context.close()
