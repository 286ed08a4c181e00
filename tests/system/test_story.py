"""The main job, as its people do it: a real browser at the real site with its workers, on a small file of our own."""

import json

import pytest
from playwright.sync_api import expect

from tests.build import record
from tests.system.people import all_saved, open_desk, shown, sign_in, sign_out

pytestmark = [pytest.mark.system, pytest.mark.browser]


@pytest.fixture
def chat_file(tmp_path):
    """Twelve dialogues of two customer turns, and two lines that cannot be used."""
    questions = ["什么时候发货", "能便宜点吗", "怎么退货", "尺码偏大吗", "有发票吗", "包邮吗"]
    replies = ("亲，48小时内发出哦", "不客气哈亲")
    records = [
        record(f"{questions[i % 6]} 第{i}次问了", replies[0], f"好的谢谢 {i}", replies[1], split="train")
        for i in range(12)
    ]
    lines = [json.dumps(line, ensure_ascii=False) for line in records]
    path = tmp_path / "week47.jsonl"
    path.write_text("\n".join([*lines[:6], "{broken", '{"turns": []}', *lines[6:]]), encoding="utf-8")
    return path


def test_a_file_is_imported_answered_scored_sent_to_review_and_reviewed_by_keys(page, site, chat_file):
    sign_in(page, site, "manager")
    page.click("text=Import dialogues")
    page.set_input_files("[name=file]", chat_file)
    page.click("text=Upload and preview")
    expect(page.locator("main")).to_contain_text("12 are dialogues and 2 cannot be used")
    page.click("main button.primary")
    expect(page.locator(".tile", has_text="Dialogues added")).to_contain_text("12")
    expect(page.locator("main table").first).to_contain_text("a JSON object")

    page.click("text=Open the dataset")
    page.click("text=Answer and score")
    expect(page.locator(".job .chip.better")).to_have_count(3)
    expect(page.locator("#dataset")).to_contain_text("24 pairs scored")
    expect(page.locator("#dataset")).to_contain_text("24 of 24 questions")
    dataset = page.url

    page.click("text=View charts")
    expect(page.locator("#chart-distribution .main-svg").first).to_be_visible()
    page.select_option("[name=kind]", "human")  # the recorded teacher knows some of the questions, the agents all
    expect(page.locator("main")).to_contain_text("known for 24 of 24 questions")
    page.select_option("[name=split]", "test")
    expect(page.locator("main")).to_contain_text("No scores here yet")
    page.go_back()
    expect(page.locator("main")).to_contain_text("known for 24 of 24 questions")

    page.goto(dataset)
    page.click("text=Send to review")
    page.fill("[name=name]", "browser round")
    page.fill("[name=size]", "12")
    page.select_option("[name=kind]", "human")
    expect(page.locator("#preview")).to_contain_text("12 comparisons of")
    page.click("text=Create round")
    expect(page.locator("#round")).to_contain_text("0 of 12 verdicts")

    sign_out(page)
    sign_in(page, site, "annotator")
    open_desk(page, "browser round")
    done = page.locator("[data-progress]")
    for i, key in enumerate("1230123012"):
        expect(done).to_have_text(f"{i} / 12")
        shown(page).wait_for()
        page.keyboard.press(key)
    expect(done).to_have_text("10 / 12")
    all_saved(page)
