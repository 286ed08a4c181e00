"""Runs in the browser while things go wrong: a double click, a killed training process, a killed worker."""

import re

import pytest

from tests.system.people import sign_in

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.system, pytest.mark.browser]
STEPS = 500
SOON_MS = 60_000  # a worker has to load torch first
TRAINING_MS = 300_000


@pytest.fixture
def page(browser, site):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    sign_in(opened, site, "manager")
    opened.wait_for_url(f"{site.url}/")
    yield opened
    context.close()


def new_run(page, site, name: str, steps: int) -> int:
    """A draft on the agents' own replies; returns its number."""
    page.goto(f"{site.url}/runs/new/")
    page.fill("[name=name]", name)
    page.select_option("[name=dataset]", label="demo")
    for field, value in {"person": 0, "corpus": 24, "max_steps": steps, "eval_every": 100}.items():
        page.fill(f"[name={field}]", str(value))
    page.get_by_role("button", name="Preview the data").click()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled(timeout=SOON_MS)
    return int(re.search(r"/runs/(\d+)/", page.url)[1])


def wait_for_step(page, least: int) -> None:
    page.wait_for_function(
        "least => parseInt((document.querySelector('#run').innerText.match(/step ([\\d,]+) of/) || [0, '0'])[1]"
        ".replace(',', '')) >= least",
        arg=least,
        timeout=TRAINING_MS,
    )


def test_killed_twice_a_run_goes_on_by_itself_and_a_double_click_starts_one(page, site):
    number = new_run(page, site, "unlucky", STEPS)
    expect(page.locator("[data-estimate]")).to_contain_text("ms per step", timeout=120_000)
    page.get_by_role("button", name="Start training").dblclick()

    wait_for_step(page, 60)
    site.find(f"train --run {number}").kill()
    wait_for_step(page, 120)  # resumed from a checkpoint, since only the steps after it are new
    site.find("--queues training").kill()
    expect(page.locator("#run .chip.better", has_text="done")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator("#run")).to_contain_text(f"lora-{STEPS} · run {number}")

    page.goto(f"{site.url}/runs/")
    expect(page.get_by_role("link", name="unlucky")).to_have_count(1)


def test_cancelled_it_keeps_a_checkpoint_and_goes_on_from_there(page, site):
    new_run(page, site, "stopped", STEPS)
    page.get_by_role("button", name="Start training").click()
    wait_for_step(page, 20)
    page.reload()  # a run needs no open page
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.locator("#run .chip", has_text="cancelled")).to_be_visible(timeout=SOON_MS)
    saved = int(re.search(r"lora-(\d+) · run", page.locator("#run").inner_text())[1])
    page.get_by_role("button", name="Resume from the last checkpoint").click()
    wait_for_step(page, saved + 1)
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.locator("#run .chip", has_text="cancelled")).to_be_visible(timeout=SOON_MS)
