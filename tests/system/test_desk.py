"""The desk at the keyboard, in a real browser; each story has a round and an annotator of its own."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.system.at_desk import Network, correction, hint, item_of, name_of, progress, ready, unsent
from tests.system.people import all_saved, fill_sign_in, shown, sign_in, sign_out, sit_down

pytestmark = [pytest.mark.system, pytest.mark.browser]
TYPED = "Order 1230, sent in 48 h"


@pytest.fixture
def desk(page, site, desks, request):
    """The page at the first of twelve items."""
    sit_down(page, site, desks[name_of(request.node.name)])
    expect(progress(page)).to_have_text("0 / 12")
    ready(page)
    return page


@pytest.fixture
def verdicts(page):
    """Every verdict that leaves the browser, in the order in which they do; one sent twice is there twice."""
    sent = []

    def note(request):
        if request.method == "POST" and request.url.endswith("/outbox/"):
            sent.extend(json.loads(request.post_data)["verdicts"])

    page.on("request", note)
    return sent


def test_one_key_gives_the_verdict_and_brings_the_next_item(desk, verdicts):
    for i, key in enumerate("1230"):
        expect(progress(desk)).to_have_text(f"{i} / 12")
        ready(desk)
        desk.keyboard.press(key)
    expect(progress(desk)).to_have_text("4 / 12")
    all_saved(desk)
    assert [verdict["preference"] for verdict in verdicts] == ["left", "tie", "right", "both_bad"]
    assert len({verdict["item"] for verdict in verdicts}) == 4
    desk.locator(".brand").click()
    desk.go_back()  # what has its verdict is not shown as open
    expect(progress(desk)).to_have_text("4 / 12")


def test_typing_gives_no_verdict(desk, verdicts):
    desk.keyboard.press("e")
    expect(correction(desk)).to_be_focused()
    correction(desk).fill("")
    desk.keyboard.type(TYPED)
    expect(correction(desk)).to_have_value(TYPED)
    assert verdicts == []
    desk.keyboard.press("Escape")
    desk.keyboard.press("3")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    assert [verdict["correction"] for verdict in verdicts] == [TYPED]


def test_what_was_typed_outlives_a_reload_and_an_undone_verdict(desk):
    desk.keyboard.press("e")
    correction(desk).fill(TYPED)
    desk.reload()
    expect(correction(desk)).to_have_value(TYPED)
    expect(shown(desk, ".side.human .live-diff")).to_be_visible()  # the card whose answer was corrected
    correction(desk).press("Control+Enter")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    desk.keyboard.press("z")
    expect(progress(desk)).to_have_text("0 / 12")
    expect(correction(desk)).to_have_value(TYPED)
    expect(shown(desk, ".verdicts .chosen")).to_contain_text("Human better")


def test_keys_are_off_while_an_input_method_composes(desk, verdicts):
    ready(desk)
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionstart'))")
    desk.keyboard.press("1")
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionend'))")
    desk.keyboard.press("2")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    assert [verdict["preference"] for verdict in verdicts] == ["tie"]


def test_a_very_fast_verdict_is_asked_again(desk, verdicts):
    desk.evaluate("document.getElementById('desk').dataset.quickestMs = '600000'")
    desk.keyboard.press("1")
    expect(hint(desk)).to_contain_text("very fast")
    assert verdicts == []
    desk.keyboard.press("2")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    assert [verdict["preference"] for verdict in verdicts] == ["tie"]


# --- the correction


def test_the_correction_starts_from_the_better_card_and_e_again_from_the_other(desk, verdicts):
    desk.keyboard.press("e")
    expect(correction(desk)).to_have_value(re.compile("^reply"))  # where no score says otherwise, the reference
    assert correction(desk).evaluate("field => field.closest('[data-side]').dataset.side") == "right"
    desk.keyboard.press("Escape")
    expect(correction(desk)).to_be_hidden()
    desk.keyboard.press("e")
    expect(correction(desk)).to_have_value(re.compile("^v1|^embedded|question"))
    assert correction(desk).evaluate("field => field.closest('[data-side]').dataset.side") == "left"
    desk.keyboard.press("End")
    desk.keyboard.type(" within 48 h")
    expect(shown(desk, "[data-live-diff] ins")).to_contain_text("48")
    desk.keyboard.press("Control+Enter")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    assert (verdicts[0]["preference"], verdicts[0]["correction"][-12:]) == ("left", " within 48 h")


def test_a_suggestion_left_as_it_is_closes_and_is_no_correction(desk, verdicts):
    desk.keyboard.press("e")
    expect(correction(desk)).to_have_value(re.compile("reply"))
    desk.keyboard.press("Escape")
    expect(correction(desk)).to_be_hidden()
    desk.keyboard.press("1")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    assert [verdict["correction"] for verdict in verdicts] == [""]


def test_differences_are_underlined_and_can_be_switched_off(desk):
    expect(shown(desk, "[data-answer] u").first).to_be_visible()
    desk.keyboard.press("d")
    expect(shown(desk, "[data-answer] u")).to_have_count(0)
    desk.reload()
    ready(desk)
    expect(shown(desk, "[data-diff]")).to_have_attribute("aria-pressed", "false")
    desk.keyboard.press("d")
    expect(shown(desk, "[data-answer] u").first).to_be_visible()


@pytest.mark.desk("phrases")
def test_a_slash_inserts_an_approved_phrase_unless_an_input_method_composes(desk, verdicts):
    desk.keyboard.press("e")
    correction(desk).fill("")
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionstart'))")
    desk.keyboard.type("/")
    desk.keyboard.press("Enter")
    expect(correction(desk)).to_have_value("/\n")
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionend'))")
    correction(desk).fill("")
    desk.keyboard.type("Dear, /refu")
    expect(shown(desk, ".phrases li")).to_have_text(["The refund takes three days."])
    desk.keyboard.press("Enter")
    expect(correction(desk)).to_have_value("Dear, The refund takes three days.")
    expect(shown(desk, ".phrases")).to_have_count(0)
    keyboard = desk.context.new_cdp_session(desk)
    desk.keyboard.type(" /")
    keyboard.send("Input.imeSetComposition", {"text": "tui'kuan", "selectionStart": 8, "selectionEnd": 8})
    keyboard.send("Input.insertText", {"text": "退款"})  # the composition ends with it
    expect(shown(desk, ".phrases li")).to_have_text(["退款三天内到账。"])
    desk.keyboard.press("Enter")
    expect(correction(desk)).to_have_value("Dear, The refund takes three days. 退款三天内到账。")
    desk.keyboard.type(" 、")  # what the key writes with a Chinese input method
    expect(shown(desk, ".phrases li").first).to_be_visible()
    desk.keyboard.press("Escape")
    expect(shown(desk, ".phrases")).to_have_count(0)
    expect(correction(desk)).to_be_focused()


# --- keys that are pressed before the script of the desk has arrived


@pytest.fixture
def script(desk):
    """The desk again, whose script waits until it is released; the item is on the screen meanwhile."""
    held = []
    desk.route("**/desk/page.js", lambda route: held.append(route))  # noqa: PLW0108  playwright marks its handlers
    with desk.expect_request("**/desk/page.js"):
        desk.reload(wait_until="commit")
    expect(progress(desk)).to_have_text("0 / 12")
    expect(desk.locator("#skip")).to_be_attached()  # the last of the page

    class Script:
        def release(self):
            held.pop().continue_()

    return Script()


def test_a_key_that_was_pressed_early_counts_once(desk, script, verdicts):
    desk.keyboard.press("1")
    script.release()
    expect(progress(desk)).to_have_text("1 / 12")
    desk.keyboard.press("2")
    expect(progress(desk)).to_have_text("2 / 12")
    all_saved(desk)
    assert [verdict["preference"] for verdict in verdicts] == ["left", "tie"]


def test_of_several_early_keys_none_lands_on_the_next_item(desk, script, verdicts):
    desk.keyboard.press("1")
    desk.keyboard.press("1")
    script.release()
    expect(progress(desk)).to_have_text("1 / 12")
    desk.keyboard.press("e")
    expect(correction(desk)).to_be_focused()
    all_saved(desk)
    assert len(verdicts) == 1


def test_what_was_typed_early_behind_the_key_that_corrects_is_no_verdict(desk, script, verdicts):
    desk.keyboard.press("e")
    desk.keyboard.type("10 pieces")
    script.release()
    expect(correction(desk)).to_have_value(re.compile("10 pieces$"))
    assert verdicts == []


# --- verdicts on their way


def test_a_cut_network_keeps_verdicts_over_a_reload(new_context, site, desks, request):
    """Not the page of the others: this browser reports the cut as an error."""
    context, name = new_context(), name_of(request.node.name)
    page = context.new_page()
    network = Network(page)
    sit_down(page, site, desks[name])
    ready(page)
    network.is_cut = True
    page.keyboard.press("1")
    unsent(page, 1)
    expect(progress(page)).to_have_text("1 / 12")
    judged = page.evaluate("document.querySelector('.item').dataset.item")
    page.keyboard.press("n")
    page.keyboard.type(TYPED)
    page.keyboard.press("Control+Enter")
    expect(hint(page)).to_contain_text("Choose a verdict")  # a note chooses none
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    unsent(page, 2)
    network.is_cut = False
    page.reload()
    expect(progress(page)).to_have_text("2 / 12")
    all_saved(page)
    page.reload()
    expect(progress(page)).to_have_text("2 / 12")
    assert item_of(page) != judged
    context.close()


def test_an_unsent_verdict_is_taken_back_in_the_browser(new_context, site, desks, request):
    context, name = new_context(), name_of(request.node.name)
    page = context.new_page()
    network = Network(page)
    sit_down(page, site, desks[name])
    ready(page)
    first = item_of(page)
    network.is_cut = True
    page.keyboard.press("n")
    shown(page, "[name=note]").fill(TYPED)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    unsent(page, 1)
    page.keyboard.press("z")
    expect(hint(page)).to_contain_text("Open again")
    assert item_of(page) == first
    page.reload()
    ready(page)
    expect(shown(page, "[name=note]")).to_have_value(TYPED)
    network.is_cut = False
    page.keyboard.press("2")
    expect(progress(page)).to_have_text("1 / 12")
    all_saved(page)
    page.keyboard.press("z")
    expect(progress(page)).to_have_text("0 / 12")
    expect(shown(page, ".verdicts .chosen")).to_contain_text("Tie")
    context.close()


def test_a_second_tab_is_told_what_the_first_has_said(desk, verdicts):
    tab = desk.context.new_page()
    tab.goto(desk.url)
    ready(tab)
    first = item_of(desk)
    assert item_of(tab) == first
    desk.keyboard.press("1")
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    tab.keyboard.press("2")
    expect(hint(tab)).to_contain_text("in another tab you have said")
    assert item_of(tab) == first
    expect(shown(tab, ".verdicts .chosen")).to_contain_text("End better")
    tab.keyboard.press("2")
    all_saved(tab)
    expect(tab.locator("#given li").first).to_contain_text("tie")


def test_a_verdict_at_the_side_opens_for_a_second_look(desk, verdicts):
    first = item_of(desk)
    desk.keyboard.press("1")
    all_saved(desk)
    second = item_of(desk)
    desk.locator("#given button").first.click()
    expect(shown(desk, ".verdicts .chosen")).to_contain_text("End better")
    assert item_of(desk) == first
    desk.keyboard.press("Escape")
    expect(shown(desk, ".verdicts .chosen")).to_have_count(0)
    assert item_of(desk) == second
    desk.locator("#given button").first.click()
    expect(hint(desk)).to_contain_text("Esc leads back")
    shown(desk, "[data-back]").click()
    assert item_of(desk) == second
    expect(progress(desk)).to_have_text("1 / 12")
    desk.locator("#given button").first.click()
    expect(shown(desk, ".verdicts .chosen")).to_be_visible()
    desk.keyboard.press("0")
    all_saved(desk)
    expect(progress(desk)).to_have_text("1 / 12")
    expect(desk.locator("#given li").first).to_contain_text("both bad")
    assert item_of(desk) == second


@pytest.mark.desk("blind")
def test_a_blind_round_by_the_keyboard_alone(desk, verdicts):
    expect(shown(desk, ".side h2").first).to_have_text("Answer A")
    expect(desk.locator("#guideline")).to_contain_text("Read the question first.")
    desk.keyboard.press("g")
    expect(desk.locator("#guideline")).to_be_hidden()
    desk.keyboard.press("6")
    expect(shown(desk, "[name=signals]").first).to_be_checked()
    desk.keyboard.press("t")
    desk.keyboard.press("2")
    desk.keyboard.press("Enter")  # that would be the left answer as the better one
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.keyboard.type("hm 123")
    desk.keyboard.press("Escape")
    desk.keyboard.press("1")
    all_saved(desk)
    [verdict] = verdicts
    assert {name: verdict[name] for name in ("preference", "note", "tags", "signals")} == {
        "preference": "left",
        "note": "hm 123",
        "tags": ["rude"],
        "signals": ["as_is"],
    }
    expect(desk.locator("#given li")).to_contain_text("was")  # the reveal
    expect(shown(desk, ".side h2").first).to_have_text("Answer A")


def test_a_dialogue_is_put_off_or_given_back(desk):
    first = item_of(desk)
    desk.keyboard.press("s")
    desk.keyboard.press("l")
    expect(desk.locator(f"#items > .item[data-item='{first}']")).to_have_count(0)
    ready(desk)
    second = item_of(desk)
    desk.keyboard.press("s")
    expect(desk.locator("#skip")).to_be_visible()
    note = desk.locator("#skip [name=note]")
    note.fill("not mine")
    note.press("Enter")  # that would be the first of the reasons
    expect(desk.locator("#skip")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("s")
    expect(note).to_have_value("")
    desk.keyboard.press("1")
    expect(desk.locator(f"#items > .item[data-item='{second}']")).to_have_count(0)
    expect(progress(desk)).to_have_text("0 / 12")


# --- signed out in another tab


@pytest.fixture
def written(desk):
    """The desk with a note, and a second tab where the annotator has signed out."""
    desk.keyboard.press("n")
    desk.keyboard.type(TYPED)
    desk.keyboard.press("Escape")
    tab = desk.context.new_page()
    tab.goto(desk.url)
    sign_out(tab)
    return tab


def test_who_was_signed_out_comes_back_and_what_was_given_is_sent(desk, site, written, request):
    first = item_of(desk)
    desk.keyboard.press("1")
    fill_sign_in(desk, site, name_of(request.node.name))
    expect(progress(desk)).to_have_text("1 / 12")
    all_saved(desk)
    desk.reload()
    expect(progress(desk)).to_have_text("1 / 12")
    assert item_of(desk) != first


def test_what_was_given_waits_for_its_own_account(new_context, site, desks, request):
    """Not the page of the others: this browser reports the refusal as an error."""
    context, name = new_context(), name_of(request.node.name)
    page = context.new_page()
    sit_down(page, site, desks[name])
    ready(page)
    tab = context.new_page()
    tab.goto(page.url)
    sign_out(tab)
    sign_in(tab, site, "annotator")
    page.keyboard.press("1")
    expect(hint(page)).to_contain_text("annotator has signed in")
    unsent(page, 1)
    sign_out(tab)
    sign_in(tab, site, name)
    tab.goto(page.url)
    expect(progress(tab)).to_have_text("1 / 12")
    all_saved(tab)
    context.close()


def test_a_refusal_is_named_and_nothing_is_lost(new_context, site, desks, request):
    context, name = new_context(), name_of(request.node.name)
    page = context.new_page()
    network = Network(page)
    with page.expect_response("**/outbox/"):  # what its script asks for at first is not what is refused
        sit_down(page, site, desks[name])
    ready(page)
    network.next_status = 403
    page.keyboard.press("1")
    trouble = page.locator("#trouble")
    expect(trouble).to_be_visible()  # hidden it has the text of all its sentences
    expect(trouble).to_contain_text("no longer has the role", use_inner_text=True)
    page.keyboard.press("1")
    expect(progress(page)).to_have_text("2 / 12")
    all_saved(page)
    expect(trouble).to_be_hidden()
    context.close()


# --- tags of the question


@pytest.mark.desk("tags")
def test_a_tag_is_confirmed_by_a_key_or_chosen_by_some_letters(desk, verdicts):
    chips = shown(desk, "[data-accept]")
    expect(chips).to_have_attribute("aria-pressed", "false")
    with desk.expect_response("**/tag/"):
        desk.keyboard.press("a")
    expect(chips).to_have_attribute("aria-pressed", "true")
    desk.keyboard.press("a")  # there is nothing left to confirm
    desk.keyboard.press("i")
    menu = desk.locator("#tag-menu")
    expect(menu.locator("[data-filter]")).to_be_focused()
    desk.keyboard.type("INV1")
    expect(menu.locator("li:visible")).to_have_count(0)
    desk.keyboard.press("Backspace")
    with desk.expect_response("**/tag/"):
        desk.keyboard.press("Control+Enter")  # takes the first one as Enter does, and gives no verdict
    expect(menu).to_be_hidden()
    expect(chips).to_have_text("invoices")
    assert verdicts == []
    desk.reload()
    expect(chips).to_have_text("invoices")


@pytest.mark.desk("tags")
def test_a_tag_waits_for_the_connection_and_no_verdict_waits_for_it(new_context, site, desks, request):
    """Not the page of the others: this browser reports the lost connection as an error."""
    context, name = new_context(), name_of(request.node.name)
    page = context.new_page()
    page.route("**/tag/", lambda route: route.abort())
    sit_down(page, site, desks[name])
    ready(page)
    first = item_of(page)
    with page.expect_request("**/tag/"):
        page.keyboard.press("a")
    page.reload()
    ready(page)
    assert item_of(page) == first
    expect(shown(page, "[data-accept]")).to_have_attribute("aria-pressed", "true")
    page.unroute("**/tag/")
    with page.expect_response(lambda response: response.url.endswith("/tag/") and response.ok):
        page.keyboard.press("1")
    expect(progress(page)).to_have_text("1 / 12")
    all_saved(page)
    context.close()


# --- what has to be in view


def test_the_question_is_in_view_and_on_a_phone_no_editor_is_behind_the_bar(desk):
    bar, asked = shown(desk, ".verdicts"), shown(desk, ".asked")
    for width, height in ((1280, 800), (390, 844)):
        desk.set_viewport_size({"width": width, "height": height})
        expect(asked).to_be_in_viewport(ratio=1)
        expect(bar).to_be_in_viewport(ratio=1)
        assert bottom_of(asked) <= bar.bounding_box()["y"]
    desk.get_by_role("button", name="Correct").click()
    expect(correction(desk)).to_be_in_viewport(ratio=1)
    assert bottom_of(correction(desk)) <= bar.bounding_box()["y"]


def bottom_of(element) -> float:
    box = element.bounding_box()
    return box["y"] + box["height"]
