"""Runs in the browser while things go wrong: a double click, a killed training process, a killed worker."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.system, pytest.mark.browser]
SMALL = {"batch_size": 1, "lora_r": 4, "eval_every": 20, "max_steps": 5000}  # more than it ever makes
TRAINING_MS = 400_000
STEP = """() => {
    const line = document.querySelector('#run .headline')?.innerText ?? '';
    return parseInt((line.match(/step ([\\d,]+) of/) ?? ['', '0'])[1].replace(',', ''));
}"""
LOG = "document.querySelector('#run .log')"
SEEN = f"{LOG}.scrollHeight + {LOG}.scrollTop"


def new_run(page, site, name: str) -> int:
    """A draft on the agents' own replies; returns its number."""
    page.goto(f"{site.url}/runs/new/")
    page.fill("[name=name]", name)
    page.select_option("[name=dataset]", label="demo")
    page.fill("[name=person]", "0")
    page.fill("[name=corpus]", "24")
    for field, value in SMALL.items():
        page.fill(f"[name={field}]", str(value))
    page.get_by_role("button", name="Preview the data").click()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    return int(re.search(r"/runs/(\d+)/", page.url)[1])


def wait_for_step(page, least: int) -> None:
    """The page is replaced again and again while one looks at it."""
    page.wait_for_function(f"least => ({STEP})() >= least", arg=least, timeout=TRAINING_MS, polling=250)


def wait_for_new_steps(page) -> None:
    """Steps beyond all that were made until now; a run needs no open page."""
    page.reload()
    wait_for_step(page, page.evaluate(STEP) + 1)


def cancel(page) -> None:
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.locator("#run .chip", has_text="cancelled")).to_be_visible()


def test_a_run_goes_on_after_every_blow_and_cancelled_from_its_checkpoint(manager, site):
    """One story, since each process that trains takes long to start."""
    number = new_run(manager, site, "unlucky")
    expect(manager.locator("[data-estimate]")).to_contain_text("ms per step")
    manager.get_by_role("button", name="Start training").dblclick()
    wait_for_step(manager, 20)
    site.find(f"train --run {number}").kill()
    wait_for_new_steps(manager)
    site.find("--queues training").kill()
    wait_for_new_steps(manager)

    cancel(manager)
    checkpoint = manager.locator("#run").get_by_text(re.compile(rf"lora-\d+ · run {number}"))
    saved = int(re.search(r"lora-(\d+)", checkpoint.first.inner_text())[1])
    manager.get_by_role("button", name="Resume from the last checkpoint").click()
    wait_for_step(manager, saved + 1)
    manager.add_style_tag(content=".log { max-height: 2em }")
    seen = manager.evaluate(f"() => {{ {LOG}.scrollTop = -9; return {SEEN}; }}")  # above its last line
    wait_for_step(manager, manager.evaluate(STEP) + 1)
    assert manager.evaluate(f"() => {SEEN}") == seen
    cancel(manager)

    manager.goto(f"{site.url}/runs/")
    expect(manager.get_by_role("link", name="unlucky")).to_have_count(1)  # the double click made no second one
