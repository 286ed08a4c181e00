"""A manager at the score page, in a real browser: sliders, what they would change, and back."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.usefixtures("manager")]
LIGHT_TEXT, DARK_TEXT = "rgb(93, 103, 110)", "rgb(155, 167, 175)"  # --muted in site.css


def test_sliders_say_what_would_change_and_what_is_saved_can_be_undone(page, site):
    page.goto(f"{site.url}/scores/?dataset=1&kind=cloud")
    threshold = page.get_by_role("slider", name="Threshold")
    expect(threshold).to_have_value("0.5")
    threshold.focus()
    threshold.press("Home")
    expect(page.locator("[data-changes]")).to_contain_text(re.compile(r"^[1-9]\d* answers would become acceptable, 0 "))
    assert page.locator(".slider output").last.inner_text() == "0.00"
    expect(page.locator("#chart-tried .main-svg").first).to_be_visible()
    expect(page.locator("#chart-alpha .main-svg").first).to_be_visible()
    changed = page.locator("#what-if-result tbody").last.get_by_role("link").first
    changed.click()
    expect(page).to_have_url(re.compile(r"/dialogues/\d+/#turn-\d+$"))
    page.go_back()
    threshold.focus()
    threshold.press("End")
    expect(page.locator("[data-changes]")).to_contain_text("0 answers would become acceptable")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("[data-changes]")).to_have_text("These are the active values.")
    threshold.press("Home")
    page.get_by_label("Reason").fill("everything will do")
    page.get_by_role("button", name="Save as the active profile").click()
    expect(page.locator(".messages")).to_contain_text("Revision 2 is active.")
    expect(page.locator("#what-if")).to_contain_text("threshold 0.00, revision 2")
    page.get_by_text("Earlier revisions").click()
    expect(page.locator("#what-if details")).to_contain_text("everything will do")
    page.get_by_role("button", name="Use again").click()
    expect(page.locator("#what-if")).to_contain_text("threshold 0.50, revision 3")


def open_one_version(page, site) -> None:
    page.goto(f"{site.url}/scores/?dataset=1&kind=cloud")
    page.get_by_label("End model").select_option(index=1)  # several versions have outlines instead of bars
    expect(page).to_have_url(re.compile(r"[?&]version=\d+"))
    expect(page.locator("#chart-distribution .points path").first).to_be_visible()


def click_first_bar(page, chart: str) -> None:
    """As a person does: point at it, see what it is, click. Plotly listens on a layer above the bars."""
    bar = page.locator(f"#{chart} .points path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    expect(page.locator(f"#{chart} .hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()


def test_a_bar_leads_to_the_comparisons_behind_it_to_one_of_them_and_back(page, site):
    open_one_version(page, site)
    total = page.locator("#list h2 small").inner_text()
    click_first_bar(page, "chart-distribution")
    expect(page).to_have_url(re.compile(r"[?&]of=\d+&low=[\d.]+&high=[\d.]+#list$"))
    expect(page.locator("[data-part]")).to_contain_text("final score from")
    address = page.url
    assert int(page.locator("#list h2 small").inner_text()) < int(total)
    page.locator("#list tbody").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/dialogues/\d+/#turn-\d+$"))
    page.go_back()
    expect(page).to_have_url(address)
    page.go_back()
    expect(page.locator("#list h2 small")).to_have_text(total)


def test_a_chart_that_is_saved_in_the_dark_theme_has_the_colours_for_paper(page, site):
    page.emulate_media(color_scheme="dark")
    open_one_version(page, site)
    assert DARK_TEXT in page.locator("#chart-distribution").inner_html()
    picture = saved_figure(page)
    assert LIGHT_TEXT in picture
    assert DARK_TEXT not in picture
    assert 'class="trace bars"' in picture
    page.evaluate("Plotly.restyle('chart-distribution', { visible: 'legendonly' })")  # as the legend does
    assert 'class="trace bars"' not in saved_figure(page)
    assert ">1</text>" in picture  # the end of the axis of scores
    page.evaluate("Plotly.relayout('chart-distribution', { 'xaxis.range': [0, 0.4] })")  # as a marked part does
    assert ">1</text>" not in saved_figure(page)


def test_a_date_that_is_typed_is_applied_when_it_is_whole(page, site):
    page.goto(f"{site.url}/scores/?dataset=1&kind=cloud")
    page.locator("[name=since]").focus()
    page.keyboard.type("11282026", delay=50)
    expect(page).to_have_url(re.compile(r"[?&]since=2026-11-28&"))
    expect(page.locator("[name=since]")).to_have_value("2026-11-28")


def saved_figure(page) -> str:
    with page.expect_download() as saved:
        page.locator("#figure").get_by_role("button", name="SVG").click()
    assert saved.value.suggested_filename == "chart-distribution.svg"
    return saved.value.path().read_text()


def test_tabs_files_and_what_is_ticked_goes_to_review(page, site):
    page.goto(f"{site.url}/scores/?dataset=1&kind=cloud")
    for tab in ("Over time", "Versions", "By tag", "Correlation", "Distribution"):
        page.locator("#figure nav").get_by_role("link", name=tab).click()
        expect(page.locator("#figure [aria-current=page]")).to_have_text(tab)
    assert LIGHT_TEXT in saved_figure(page)
    with page.expect_download() as saved:
        page.locator("#list").get_by_role("link", name="CSV").click()
    assert saved.value.suggested_filename == "comparisons.csv"
    boxes = page.locator("#list tbody").get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Send the chosen ones to review").click()
    expect(page.locator(".headline").first).to_contain_text("2 comparisons were chosen by hand")
    page.get_by_role("button", name="Create round").click()
    expect(page).to_have_url(re.compile(r"/review/\d+/overview/$"))
