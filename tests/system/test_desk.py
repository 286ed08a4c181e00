"""The desk at the keyboard, in a real browser; each story has a round and an annotator of its own."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.system.people import fill_sign_in, open_desk, sign_in, sign_out

pytestmark = [pytest.mark.system, pytest.mark.browser]
TYPED = "Order 1230, sent in 48 h"


@pytest.fixture(scope="module")
def desks(site, request):
    """A round and an annotator for each story, made in one go."""
    stories = [item.name for item in request.session.items if item.module is request.module]
    site.run("tests.system.make_desks", *map(name_of, stories))


def name_of(story: str) -> str:
    return story.removeprefix("test_").replace("_", " ")


@pytest.fixture
def desk(page, site, desks, request):
    """The page at the first of twelve items."""
    name = name_of(request.node.name)
    sign_in(page, site, name)
    open_desk(page, name)
    expect(progress(page)).to_have_text("0 / 12")
    return page


@pytest.fixture
def verdicts(page):
    """Address and preference of every verdict that leaves the browser; then the texts that it has."""
    sent = []

    def note(request):
        if request.method == "POST" and request.url.endswith("/verdict/"):
            form = parse_qs(request.post_data)
            texts = [form[name][0] for name in ("correction", "note") if name in form]
            sent.append((request.url, *form["preference"], *texts))

    page.on("request", note)
    return sent


def progress(page):
    return page.locator("[data-progress]")


def test_one_key_gives_the_verdict_and_brings_the_next_item(desk, verdicts):
    for i, key in enumerate("1230"):
        expect(progress(desk)).to_have_text(f"{i} / 12")
        desk.keyboard.press(key)
    expect(progress(desk)).to_have_text("4 / 12")
    assert [preference for _, preference in verdicts] == ["end", "tie", "reference", "both_bad"]
    desk.locator(".brand").click()
    desk.go_back()  # what has its verdict is not shown as open
    expect(progress(desk)).to_have_text("4 / 12")


def test_typing_gives_no_verdict(desk, verdicts):
    desk.keyboard.press("e")
    editor = desk.locator("#correction")
    expect(editor).to_be_focused()
    editor.fill("")
    desk.keyboard.type(TYPED)
    expect(editor).to_have_value(TYPED)
    assert verdicts == []
    desk.keyboard.press("Escape")
    desk.keyboard.press("3")
    expect(progress(desk)).to_have_text("1 / 12")


def test_what_was_typed_outlives_a_reload_and_an_undone_verdict(desk):
    editor = desk.locator("#correction")
    desk.keyboard.press("e")
    editor.fill(TYPED)
    desk.reload()
    expect(editor).to_have_value(TYPED)
    desk.keyboard.press("3")
    expect(progress(desk)).to_have_text("1 / 12")
    desk.keyboard.press("z")
    expect(progress(desk)).to_have_text("0 / 12")
    expect(editor).to_have_value(TYPED)


def test_keys_are_off_while_an_input_method_composes(desk, verdicts):
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionstart'))")
    desk.keyboard.press("1")
    desk.evaluate("document.dispatchEvent(new CompositionEvent('compositionend'))")
    desk.keyboard.press("2")
    expect(progress(desk)).to_have_text("1 / 12")
    assert [preference for _, preference in verdicts] == ["tie"]


# --- keys that are pressed before the script of the desk has arrived


@pytest.fixture
def script(desk):
    """The desk again, whose script waits until it is released; the item is on the screen meanwhile."""
    held = []
    desk.route("**/ecc/desk.js", lambda route: held.append(route))  # noqa: PLW0108  playwright marks its handlers
    desk.reload(wait_until="commit")
    expect(progress(desk)).to_have_text("0 / 12")
    expect(desk.locator("#undo")).to_be_attached()  # the last of the item

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
    assert [preference for _, preference in verdicts] == ["end", "tie"]


def test_of_several_early_keys_none_lands_on_the_next_item(desk, script, verdicts):
    desk.keyboard.press("1")
    desk.keyboard.press("1")
    script.release()
    expect(progress(desk)).to_have_text("1 / 12")
    desk.keyboard.press("e")
    expect(desk.locator("#correction")).to_be_focused()
    assert len({address for address, _ in verdicts}) == 1


def test_what_was_typed_early_behind_the_key_that_corrects_is_no_verdict(desk, script, verdicts):
    desk.keyboard.press("e")
    desk.keyboard.type("10 pieces")
    script.release()
    expect(desk.locator("#correction")).to_have_value(re.compile("10 pieces$"))
    assert verdicts == []


# --- while a verdict is on its way


@pytest.fixture
def slow_desk(desk):
    """Every answer of the server takes 400 ms longer."""
    network = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    desk.context.new_cdp_session(desk).send("Network.emulateNetworkConditions", network)
    return desk


def item_of(page) -> str:
    return page.locator("#desk").get_attribute("data-item")


def test_of_the_keys_of_an_impatient_hand_one_waits_for_the_next_item(slow_desk, verdicts):
    for key in "123012":
        slow_desk.keyboard.press(key)
        slow_desk.wait_for_timeout(60)
    expect(progress(slow_desk)).to_have_text("2 / 12")
    slow_desk.keyboard.press("e")
    expect(slow_desk.locator("#correction")).to_be_focused()
    assert [preference for _, preference in verdicts] == ["end", "tie"]
    assert len({address for address, _ in verdicts}) == 2


PRESS_E_AT_THE_CHANGE = """() => new MutationObserver((_, observer) => {
  observer.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true }));
}).observe(document.querySelector("main"), { childList: true, subtree: true })"""


def test_a_key_pressed_as_the_next_item_arrives_acts_on_it(desk, verdicts):
    desk.evaluate(PRESS_E_AT_THE_CHANGE)
    desk.keyboard.press("1")
    expect(progress(desk)).to_have_text("1 / 12")
    expect(desk.locator("#correction")).to_be_focused()
    desk.locator("#correction").fill("10 pieces")
    desk.keyboard.press("Escape")
    desk.keyboard.press("0")
    expect(progress(desk)).to_have_text("2 / 12")
    assert verdicts[1][1:] == ("both_bad", "10 pieces")


def test_what_is_written_while_the_verdict_is_on_its_way_stays_with_its_item(slow_desk, verdicts):
    first, note = item_of(slow_desk), slow_desk.locator("#note")
    slow_desk.keyboard.press("1")
    slow_desk.keyboard.press("n")
    slow_desk.keyboard.type("late 2")
    expect(progress(slow_desk)).to_have_text("1 / 12")
    expect(slow_desk.locator("[data-unsaved]")).to_be_visible()
    assert item_of(slow_desk) == first
    slow_desk.keyboard.type("!")
    slow_desk.keyboard.press("Escape")
    slow_desk.keyboard.press("1")
    expect(slow_desk.locator(f"#desk[data-item='{first}']")).to_have_count(0)
    expect(note).to_be_hidden()
    expect(note).to_have_value("")
    assert [texts for _, _, *texts in verdicts] == [[], ["late 2!"]]
    assert len({address for address, *_ in verdicts}) == 1


def test_a_suggestion_left_as_it_is_closes_and_is_no_correction(desk, verdicts):
    desk.keyboard.press("e")
    expect(desk.locator("#correction")).to_have_value(re.compile("reply"))
    desk.keyboard.press("Escape")
    expect(desk.locator("#correction")).to_be_hidden()
    desk.keyboard.press("1")
    expect(progress(desk)).to_have_text("1 / 12")
    assert [texts for _, _, *texts in verdicts] == [[]]


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
    return desk.locator("#note"), tab


def test_who_was_signed_out_comes_back_to_the_item_and_the_text(desk, site, written, request):
    first, (note, _) = item_of(desk), written
    desk.keyboard.press("1")
    fill_sign_in(desk, site, name_of(request.node.name))
    expect(note).to_have_value(TYPED)
    assert item_of(desk) == first


def test_what_was_written_is_shown_to_its_own_account_alone(desk, site, written, request):
    note, tab = written
    sign_in(tab, site, "annotator")
    desk.keyboard.press("1")
    expect(desk.locator(".messages")).to_contain_text("annotator has signed in")
    expect(note).to_have_value("")
    sign_out(tab)
    sign_in(tab, site, name_of(request.node.name))
    desk.keyboard.press("1")
    expect(note).to_have_value(TYPED)


def test_a_refusal_is_named_and_nothing_is_lost(browser, site, desks, request):
    """Not the page of the others: this browser reports the refusal as an error."""
    context, name = browser.new_context(locale="en-US"), name_of(request.node.name)
    page = context.new_page()
    sign_in(page, site, name)
    open_desk(page, name)
    page.route("**/verdict/", lambda route: route.fulfill(status=403), times=1)
    page.keyboard.press("n")
    page.keyboard.type(TYPED)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    trouble = page.locator("#trouble")
    expect(trouble).to_be_visible()  # hidden it has the text of all its sentences, also while the verdict is on its way
    expect(trouble).to_contain_text("no longer has the role", use_inner_text=True)
    page.keyboard.press("1")
    expect(progress(page)).to_have_text("1 / 12")
    expect(trouble).to_be_hidden()
    context.close()


# --- what has to be in view


def test_the_question_is_in_view_and_on_a_phone_no_editor_is_behind_the_bar(desk):
    bar, field = desk.locator(".verdicts"), desk.locator("#correction")
    for width, height in ((1280, 800), (390, 844)):
        desk.set_viewport_size({"width": width, "height": height})
        expect(desk.locator(".asked")).to_be_in_viewport(ratio=1)
        assert bottom_of(desk.locator(".asked")) <= bar.bounding_box()["y"]
    desk.get_by_role("button", name="Correct").click()
    expect(field).to_be_in_viewport(ratio=1)
    assert bottom_of(field) <= bar.bounding_box()["y"]


def bottom_of(element) -> float:
    box = element.bounding_box()
    return box["y"] + box["height"]
