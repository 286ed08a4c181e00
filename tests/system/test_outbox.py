"""Verdicts that a round did not take: none is lost, and none stands in the way of others."""

import pytest
from playwright.sync_api import expect

from tests.system.at_desk import Network, correction, hint, item_of, name_of, progress, ready, unsent
from tests.system.people import all_saved, shown, sit_down

pytestmark = [pytest.mark.system, pytest.mark.browser]
TYPED = "Order 1230, sent in 48 h"
NO_GOODBYE = """{
  const send = window.fetch;
  window.fetch = (address, how) => how?.keepalive ? Promise.reject(new TypeError("cut")) : send(address, how);
}"""


@pytest.fixture
def story(desks, request):
    return desks[name_of(request.node.name)]


@pytest.fixture
def window(new_context):
    """A page that does not take what the browser reports as an error for one: here connections break."""
    with new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(NO_GOODBYE)  # the last words of a page slip past its routes
        yield page


@pytest.fixture
def network(window, site, story):
    """That of the window, which is at the first of twelve items."""
    network = Network(window)
    sit_down(window, site, story)
    ready(window)
    window.wait_for_load_state("networkidle")
    return network


@pytest.fixture
def notice(window):
    return window.locator("[data-notices] .unsaved")


def say_in_another_tab(page, key: str) -> None:
    tab = page.context.new_page()
    tab.goto(page.url)
    ready(tab)
    tab.keyboard.press(key)
    expect(progress(tab)).to_have_text("1 / 12")
    all_saved(tab)
    tab.close()


def correct(page, text: str) -> None:
    page.keyboard.press("e")
    correction(page).fill(text)
    page.keyboard.press("Escape")


def go_to_the_other_round(page, site, story) -> None:
    page.goto(f"{site.url}/review/{story['other']}/")
    ready(page)
    unsent(page, 1)


@pytest.mark.desk("another_round")
def test_another_round_that_is_gone_holds_no_verdict_up(window, network, notice, site, story):
    network.is_cut = True
    correct(window, TYPED)
    window.keyboard.press("1")
    unsent(window, 1)
    go_to_the_other_round(window, site, story)
    network.next_status, network.is_cut = 404, False
    window.keyboard.press("2")
    expect(progress(window)).to_have_text("1 / 12")
    all_saved(window)
    expect(notice).to_contain_text("closed or removed")
    expect(notice.locator("textarea")).to_have_value(TYPED)
    expect(notice.get_by_role("link")).to_have_count(0)
    window.reload()  # it was kept, and the round is there again
    all_saved(window)
    window.goto(f"{site.url}/review/{story['round']}/")
    expect(progress(window)).to_have_text("1 / 12")


@pytest.mark.desk("another_round")
def test_what_another_round_refused_is_shown_with_the_way_there(window, network, notice, site, story):
    say_in_another_tab(window, "2")
    network.is_cut = True
    correct(window, TYPED)
    window.keyboard.press("1")
    unsent(window, 1)
    go_to_the_other_round(window, site, story)
    network.is_cut = False
    expect(notice).to_contain_text("in another tab you have said")
    expect(notice.locator("textarea")).to_have_value(TYPED)
    window.keyboard.press("3")
    expect(progress(window)).to_have_text("1 / 12")
    all_saved(window)
    notice.get_by_role("link").click()
    expect(hint(window)).to_contain_text("in another tab you have said")
    expect(correction(window)).to_have_value(TYPED)


@pytest.mark.desk("another_round")
def test_what_another_round_refused_can_be_discarded(window, network, notice, site, story):
    say_in_another_tab(window, "2")
    network.is_cut = True
    window.keyboard.press("1")
    unsent(window, 1)
    go_to_the_other_round(window, site, story)
    network.is_cut = False
    notice.get_by_role("button", name="Discard").click()
    expect(notice).to_have_count(0)
    window.goto(f"{site.url}/review/{story['round']}/")
    all_saved(window)
    ready(window)
    expect(hint(window)).to_be_hidden()


def test_a_refusal_moves_nothing_while_somebody_writes(window, network):
    say_in_another_tab(window, "2")
    network.is_slow = True
    window.bring_to_front()
    first = item_of(window)
    window.keyboard.press("1")
    ready(window)
    second = item_of(window)
    window.keyboard.press("e")
    correction(window).fill("order ")
    network.be_fast_again()
    expect(hint(window)).to_contain_text("comes next")
    window.keyboard.type("2023-11-30")
    expect(correction(window)).to_have_value("order 2023-11-30")
    assert item_of(window) == second
    window.keyboard.press("Control+Enter")
    expect(shown(window, "[data-refused]")).to_contain_text("in another tab you have said")
    assert item_of(window) == first


def test_a_refused_correction_outlives_a_reload(window, network):
    say_in_another_tab(window, "2")
    correct(window, TYPED)
    window.keyboard.press("1")
    expect(hint(window)).to_contain_text("in another tab you have said")
    window.reload()
    ready(window)
    window.locator("#given button").first.click()
    expect(correction(window)).to_have_value(TYPED)


def test_what_was_written_about_a_dialogue_that_is_gone_stays_until_it_is_dismissed(window, network, notice):
    tab = window.context.new_page()
    tab.goto(window.url)
    ready(tab)
    tab.keyboard.press("s")
    tab.keyboard.press("1")
    expect(shown(tab)).not_to_have_attribute("data-item", item_of(window))
    correct(window, TYPED)
    window.keyboard.press("1")
    expect(notice.locator("textarea")).to_have_value(TYPED)
    window.reload()
    expect(notice.locator("textarea")).to_have_value(TYPED)
    notice.get_by_role("button", name="Dismiss").click()
    window.reload()
    ready(window)
    all_saved(window)
    window.wait_for_load_state("networkidle")
    expect(notice).to_have_count(0)


def test_a_verdict_at_which_the_server_fails_stands_in_no_way(window, network, notice):
    network.fails_at = TYPED
    correct(window, TYPED)
    window.keyboard.press("1")
    ready(window)
    window.keyboard.press("2")
    expect(progress(window)).to_have_text("1 / 12")
    expect(notice.locator("textarea")).to_have_value(TYPED)
    all_saved(window)
    network.fails_at = ""
    window.reload()
    expect(progress(window)).to_have_text("2 / 12")
    all_saved(window)


def test_while_nothing_is_shown_keys_do_nothing(window, network):
    """The page has two items, since few are left; the server is slow to answer."""
    network.is_slow = True
    window.keyboard.press("1")
    window.keyboard.press("2")
    expect(shown(window)).to_have_count(0)
    window.keyboard.press("3")
    window.keyboard.press("0")
    network.be_fast_again()
    ready(window)
    all_saved(window)
    expect(progress(window)).to_have_text("2 / 12")


def test_a_dialogue_is_skipped_only_when_what_was_given_is_there(window, network):
    network.is_cut = True
    window.keyboard.press("1")
    unsent(window, 1)
    second = item_of(window)
    window.keyboard.press("s")
    window.keyboard.press("1")
    expect(hint(window)).to_contain_text("Skip the dialogue when they are")
    assert item_of(window) == second
    network.is_cut = False
    window.keyboard.press("s")
    window.keyboard.press("1")
    expect(window.locator(f"#items > .item[data-item='{second}']")).to_have_count(0)
    expect(progress(window)).to_have_text("1 / 12")


def test_an_undo_whose_answer_was_lost_withdraws_no_second_verdict(window, network):
    """Nor does a second press before the first is answered."""
    for i, key in enumerate("123"):
        expect(progress(window)).to_have_text(f"{i} / 12")
        ready(window)
        window.keyboard.press(key)
    all_saved(window)
    asked = []

    def lose_the_answer(route):
        asked.append(route.fetch())
        route.abort()

    window.route("**/undo/", lose_the_answer)
    window.keyboard.press("z")
    window.keyboard.press("z")
    expect(window.locator("#trouble")).to_be_visible()
    window.unroute("**/undo/")
    window.keyboard.press("z")
    expect(progress(window)).to_have_text("2 / 12")
    expect(shown(window, ".verdicts .chosen")).to_contain_text("Human better")
    assert len(asked) == 1
    window.reload()
    expect(progress(window)).to_have_text("2 / 12")


def test_undo_after_a_reload_takes_back_what_was_given_last(window, network):
    window.keyboard.press("2")
    all_saved(window)
    window.wait_for_load_state("networkidle")
    network.is_cut = True
    last = item_of(window)
    correct(window, TYPED)
    window.keyboard.press("1")
    unsent(window, 1)
    window.reload()
    ready(window)
    unsent(window, 1)
    network.is_cut = False
    window.keyboard.press("z")
    expect(correction(window)).to_have_value(TYPED)
    assert item_of(window) == last
    expect(progress(window)).to_have_text("1 / 12")
    all_saved(window)
