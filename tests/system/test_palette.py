"""The palette: everything by its name, from every page, at the keyboard."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.system.people import come_back, shown, sit_down

pytestmark = [pytest.mark.system, pytest.mark.browser]
DESK = "palette 双十一退货"


@pytest.fixture(scope="module")
def desk_of(site):
    """A round of this name, and a session of its annotator."""
    return site.ask("tests.system.make_desks", DESK)[DESK]


@pytest.fixture
def at_the_audit_log(manager, site):
    """A manager looks at a page that loads quickly, and to which no story goes."""
    manager.goto(f"{site.url}/audit/")


@pytest.fixture
def verdicts(page):
    """All that leave the browser."""
    sent = []

    def note(request):
        if request.method == "POST" and request.url.endswith("/outbox/"):
            sent.extend(json.loads(request.post_data)["verdicts"])

    page.on("request", note)
    return sent


def palette(page):
    return page.locator("#palette")


def options(page):
    return palette(page).get_by_role("option")


def selected(page):
    return palette(page).get_by_role("option", selected=True)


def found(page, count: int) -> None:
    """What is typed has its answer."""
    expect(palette(page).get_by_role("status")).to_have_text(f"Found: {count}")


def open_palette(page, keys: str = "Control+k") -> None:
    page.keyboard.press(keys)
    expect(palette(page).get_by_role("combobox")).to_be_focused()


@pytest.mark.usefixtures("at_the_audit_log")
def test_a_page_is_opened_by_some_letters_and_enter(page, site):
    for keys, typed, name, address in (
        ("Control+k", "cloud ca", "Cloud calls", "/cloud/"),
        ("Meta+k", "后台", "Jobs", "/jobs/"),
        ("Control+K", "import dial", "Import dialogues", "/import/"),
    ):
        open_palette(page, keys)
        page.keyboard.type(typed)
        found(page, 1)
        expect(selected(page)).to_have_text(name)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.url}{address}")


def test_it_opens_also_on_what_back_has_brought(page, manager, site):
    manager.goto(f"{site.url}/jobs/")
    manager.select_option("[name=state]", "failed")
    manager.wait_for_url("**state=failed**")
    manager.go_back()
    expect(manager.locator("[name=state]")).to_have_value("")
    expect(manager.locator("main main")).to_have_count(0)
    manager.keyboard.press("Control+k")
    expect(palette(manager)).to_be_visible()


def test_another_language_keeps_the_filter_that_was_chosen(manager, site):
    manager.goto(f"{site.url}/jobs/")
    manager.select_option("[name=state]", "failed")
    manager.wait_for_url("**state=failed**")
    manager.locator("[data-language] button").click()
    expect(manager.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(manager.locator("[name=state]")).to_have_value("failed")


@pytest.mark.usefixtures("at_the_audit_log")
def test_arrows_go_round_the_list_and_name_the_option_to_a_screen_reader(page, site):
    open_palette(page)
    page.keyboard.type("training run")
    found(page, 2)
    text = palette(page).get_by_role("combobox")
    expect(text).to_have_attribute("aria-expanded", "true")
    for key, name in (
        ("ArrowDown", "New training run"),
        ("ArrowDown", "Training runs"),
        ("ArrowUp", "New training run"),
    ):
        page.keyboard.press(key)
        expect(selected(page)).to_have_text(name)
        expect(text).to_have_attribute("aria-activedescendant", selected(page).get_attribute("id"))
        expect(text).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/new/")


@pytest.mark.usefixtures("manager")
def test_enter_waits_for_the_answer_to_what_was_typed(page, site):
    held = []

    def hold(route):
        held.append(route)

    page.route(re.compile(r"/find/\?q=.+"), hold)  # before the page is opened, so that nothing slips past it
    page.goto(f"{site.url}/audit/")
    open_palette(page)
    expect(selected(page)).to_have_count(1)
    with page.expect_request("**/find/?q=jobs"):
        page.keyboard.type("jobs")
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_visible()
    held[-1].continue_()
    page.wait_for_url("**/jobs/")


@pytest.mark.usefixtures("manager")
def test_escape_or_a_click_beside_it_closes_and_gives_the_focus_back(page, site):
    page.goto(f"{site.url}/jobs/")
    page.locator("[name=state]").focus()
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.keyboard.press("Control+k"),
        lambda: page.mouse.click(5, 400),
        lambda: palette(page).get_by_role("button", name="Close").click(),
    ):
        open_palette(page)
        close()
        expect(palette(page)).to_be_hidden()
        expect(page.locator("[name=state]")).to_be_focused()


@pytest.mark.usefixtures("at_the_audit_log")
def test_a_click_finds_too(page, site):
    page.get_by_role("link", name="Find").click()
    options(page).filter(has_text="Scores").click()
    page.wait_for_url("**/scores/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Find").click()
    expect(options(page).first).to_be_in_viewport()


@pytest.mark.usefixtures("at_the_audit_log", "desk_of")
def test_an_input_method_composes_in_peace(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/find/" in request.url else None)
    open_palette(page)
    expect(selected(page)).to_have_count(1)
    before, address = len(asked), page.url
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "tui'huo", "selectionStart": 7, "selectionEnd": 7})
    expect(palette(page).get_by_role("combobox")).to_have_value("tui'huo")
    first = selected(page).get_attribute("id")
    for key in ("ArrowDown", "Enter", "Control+k"):
        page.keyboard.press(key)
    assert (asked[before:], page.url, selected(page).get_attribute("id")) == ([], address, first)
    expect(palette(page)).to_be_visible()
    keyboard.send("Input.insertText", {"text": "退货"})  # the composition ends with it
    expect(options(page).filter(has_text=DESK).first).to_be_visible()
    expect(selected(page)).to_contain_text(DESK)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview/")


def test_an_annotator_finds_their_rounds_and_no_page_of_managers(page, site, desk_of):
    come_back(page, site, desk_of["session"])
    page.goto(f"{site.url}/review/")
    open_palette(page)
    page.keyboard.type("双十一")
    found(page, 1)
    page.keyboard.press("Enter")
    page.locator("#desk").wait_for()
    open_palette(page)
    page.keyboard.type("import dialogues")
    found(page, 0)
    expect(palette(page)).to_contain_text("Nothing has such a name.")
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_visible()


def test_at_the_desk_no_key_reaches_what_is_behind_the_palette(page, site, desk_of, verdicts):
    sit_down(page, site, desk_of)
    expect(page.locator("#desk[data-listens]")).to_be_attached()
    item = shown(page).get_attribute("data-item")
    open_palette(page)
    page.keyboard.type("1230")
    palette(page).locator("form").click(position={"x": 4, "y": 4})  # beside the text, which keeps the focus
    page.keyboard.type("ezs1")
    expect(palette(page).get_by_role("combobox")).to_have_value("1230ezs1")
    palette(page).get_by_role("button", name="Close").focus()
    page.keyboard.type("1e")
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    assert (shown(page).get_attribute("data-item"), verdicts) == (item, [])
    expect(shown(page, "[name=correction]")).to_be_hidden()
    page.keyboard.press("e")  # the desk has its keys again
    expect(shown(page, "[name=correction]")).to_be_focused()


def test_the_desk_offers_its_own_acts_with_their_keys_and_no_verdict(page, site, desk_of, verdicts):
    sit_down(page, site, desk_of)
    expect(page.locator("#desk[data-listens]")).to_be_attached()
    open_palette(page)
    here = palette(page).get_by_role("group", name="On this page")
    expect(here.get_by_role("option").filter(has_text="Correct").locator("kbd")).to_have_text("E")
    expect(here.get_by_text(re.compile("better|Tie|Both bad"))).to_have_count(0)
    page.keyboard.type("corr")
    expect(selected(page)).to_contain_text("Correct")
    page.keyboard.press("Enter")
    expect(shown(page, "[name=correction]")).to_be_focused()
    expect(palette(page)).to_be_hidden()
    open_palette(page)
    page.keyboard.press("Escape")
    expect(shown(page, "[name=correction]")).to_be_focused()
    assert verdicts == []


def test_without_a_script_it_is_a_page(new_context, site):
    context = new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=username]", "manager")
    page.fill("[name=password]", site.password)
    page.click("main button.primary")
    page.get_by_role("link", name="查找").click()
    page.get_by_label("轮次、数据集、页面和操作").fill("jobs")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=jobs")
    page.locator("main").get_by_role("link", name="后台任务").click()
    page.wait_for_url("**/jobs/")
    context.close()


def test_a_server_that_does_not_answer_is_named_and_asked_again(new_context, site, session_of):
    """Not the page of the others: this browser reports the lost connection as an error."""
    context = new_context()
    page = context.new_page()
    page.route("**/find/**", lambda route: route.abort())
    come_back(page, site, session_of("manager"))
    page.goto(f"{site.url}/audit/")
    open_palette(page)
    expect(palette(page)).to_contain_text("The server did not respond.")
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_visible()
    page.unroute("**/find/**")
    page.keyboard.type("jobs")
    found(page, 1)
    expect(palette(page).get_by_text("The server did not respond.")).to_be_hidden()
    context.close()
