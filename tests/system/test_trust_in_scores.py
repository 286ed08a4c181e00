"""A manager asks how far the score is to be trusted: agreement and fit, correction by people, measures, one score."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.usefixtures("manager")]
NAME = "reviewed by two"


@pytest.fixture(scope="module")
def reviewed(site):
    """The id of a dataset with the verdicts of two people."""
    return site.ask("tests.system.make_verdicts", NAME)


def test_from_verdicts_to_a_profile_and_to_a_predicted_acceptance(page, site, reviewed):
    page.goto(f"{site.url}/calibration/?dataset={reviewed}")
    expect(page.locator("#agreement .headline")).to_contain_text("On 105 replies that people reviewed")  # by a job
    expect(page.locator("#figures-state")).to_contain_text("no verdict since")
    for chart in ("reliability", "fit"):
        expect(page.locator(f"#chart-{chart} .main-svg").first).to_be_visible()
    expect(page.locator("#fit .headline")).to_contain_text("clearly better than the active ones")
    page.get_by_role("link", name="See what would change").click()
    expect(page.locator("[data-changes]")).to_contain_text("answers would become acceptable")
    page.go_back()
    page.get_by_role("button", name="Use these").click()
    expect(page.locator(".messages")).to_contain_text("Revision 2 is active.")
    page.get_by_role("button", name="Show it beside Eq. 1").click()
    expect(page.locator("[data-active]")).to_contain_text("210 verdicts")
    page.goto(f"{site.url}/datasets/{reviewed}/dialogues/")
    page.locator("#dialogues .found a").first.click()
    expect(page.locator(".chip", has_text=re.compile(r"predicted acceptance \d+%")).first).to_be_visible()
    page.goto(f"{site.url}/calibration/?dataset={reviewed}")
    page.get_by_role("button", name="Stop showing it").click()
    expect(page.locator(".messages")).to_contain_text("no longer shown")
    page.get_by_label("Verdicts", exact=True).select_option("out")
    expect(page).to_have_url(re.compile(r"sight=out"))


def test_people_correct_the_score_and_the_next_replies_to_review_become_a_round(page, site, reviewed):
    page.goto(f"{site.url}/calibration/people/?dataset={reviewed}")
    expect(page.locator("#corrected .headline")).to_contain_text(re.compile(r"\d+% \[\d+, \d+\]"))  # by a job
    expect(page.locator("#licence [data-licence]")).to_contain_text("Too few to tell: it takes 3 annotators")
    expect(page.locator("[data-version] .main-svg").first).to_be_visible()
    page.locator("[data-proposal] a").first.click()
    expect(page.locator("form .headline").first).to_contain_text("drawn at random")
    page.get_by_role("button", name="Create round").dblclick()  # the second click sends nothing
    expect(page.get_by_role("heading", level=1)).to_contain_text("drawn at random")
    page.goto(f"{site.url}/datasets/{reviewed}/")
    expect(page.get_by_role("link", name="drawn at random")).to_have_count(1)


def test_measures_stand_beside_the_score_with_what_people_say(page, site, reviewed):
    page.goto(f"{site.url}/calibration/measures/?dataset={reviewed}")
    expect(page.locator("#with-people .headline")).to_be_visible()  # by a job
    expect(page.locator("#chart-matrix .main-svg").first).to_be_visible()
    expect(page.locator("#means tbody tr", has_text="BLEU")).to_contain_text("0 – 1")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download as CSV").click()
    assert ",bleu,rouge_1," in file.value.path().read_text()


def test_a_score_says_why_it_is_what_it_is(page, site):
    page.goto(f"{site.url}/scores/?dataset=1&kind=cloud")
    page.locator("#list a[title='Why this score']").first.click()
    expect(page.locator(".why .sentence")).to_contain_text("similarity")
    expect(page.locator(".why mark").first).to_be_visible()
    expect(page.locator(".why")).to_contain_text("Nearest accepted replies")  # by a job


def test_the_watch_has_bounds_and_somebody_who_is_told(page, site):
    page.goto(f"{site.url}/watch/")
    page.get_by_role("link", name="Bounds").click()
    bound = page.locator("tr", has_text="Empty answers").locator("[type=number]")
    bound.fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("tr", has_text="Empty answers").locator(".chip", has_text="changed")).to_be_visible()
    page.get_by_role("link", name="Watch").first.click()
    page.get_by_role("link", name="Who gets alerts").click()
    page.get_by_label("Address").fill("https://127.0.0.1:9/hook")
    page.get_by_label("Channel").select_option("webhook")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#id_address_error")).to_contain_text("lies inside a network")
