"""Runs in the browser while things go wrong: a double click, a killed training process, a killed worker."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.people import sign_in

pytestmark = [pytest.mark.system, pytest.mark.browser]
STEPS, ENDLESS = 120, 5000
SMALL = {"batch_size": 1, "lora_r": 4, "eval_every": 20}
TRAINING_MS = 400_000
AT_LEAST = """least => {
    const line = document.querySelector('#run .headline')?.innerText || '';
    return parseInt((line.match(/step ([\\d,]+) of/) || ['', '0'])[1].replace(',', '')) >= least;
}"""


@pytest.fixture
def manager(page, site):
    sign_in(page, site, "manager")
    return page


def new_run(page, site, name: str, steps: int) -> int:
    """A draft on the agents' own replies; returns its number."""
    page.goto(f"{site.url}/runs/new/")
    page.fill("[name=name]", name)
    page.select_option("[name=dataset]", label="demo")
    page.fill("[name=person]", "0")
    page.fill("[name=corpus]", "24")
    for field, value in {**SMALL, "max_steps": steps}.items():
        page.fill(f"[name={field}]", str(value))
    page.get_by_role("button", name="Preview the data").click()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    return int(re.search(r"/runs/(\d+)/", page.url)[1])


def wait_for_step(page, least: int) -> None:
    """The page is replaced again and again while one looks at it."""
    page.wait_for_function(AT_LEAST, arg=least, timeout=TRAINING_MS, polling=250)


def test_killed_twice_a_run_goes_on_by_itself_and_a_double_click_starts_one(manager, site):
    number = new_run(manager, site, "unlucky", STEPS)
    expect(manager.locator("[data-estimate]")).to_contain_text("ms per step")
    manager.get_by_role("button", name="Start training").dblclick()

    wait_for_step(manager, 30)
    site.find(f"train --run {number}").kill()
    wait_for_step(manager, 60)  # resumed from a checkpoint, since only the steps after it are new
    site.find("--queues training").kill()
    run = manager.locator("#run")
    expect(run.locator(".chip.better", has_text="done")).to_be_visible(timeout=TRAINING_MS)
    expect(run).to_contain_text(f"lora-{STEPS} · run {number}")

    manager.goto(f"{site.url}/runs/")
    expect(manager.get_by_role("link", name="unlucky")).to_have_count(1)


def test_cancelled_it_keeps_a_checkpoint_and_goes_on_from_there(manager, site):
    number = new_run(manager, site, "stopped", ENDLESS)
    manager.get_by_role("button", name="Start training").click()
    wait_for_step(manager, 20)
    manager.reload()  # a run needs no open page
    cancel(manager)
    checkpoint = manager.locator("#run").get_by_text(re.compile(rf"lora-\d+ · run {number}"))
    saved = int(re.search(r"lora-(\d+)", checkpoint.first.inner_text())[1])
    manager.get_by_role("button", name="Resume from the last checkpoint").click()
    wait_for_step(manager, saved + 1)
    cancel(manager)


def cancel(page) -> None:
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.locator("#run .chip", has_text="cancelled")).to_be_visible()
