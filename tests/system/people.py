"""What every story in the browser begins with."""

from playwright.sync_api import expect


def sign_in(page, site, name: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    fill_sign_in(page, site, name)
    page.get_by_role("button", name=f"Account: {name}").wait_for()
    page.wait_for_load_state()  # only then do all its scripts listen


def come_back(page, site, session: str) -> None:
    """As somebody who has signed in before: the window has the session, and no page yet."""
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])


def sit_down(page, site, desk: dict) -> None:
    """As the annotator of a desk that tests.system.make_desks has made. Its keys may be pressed at once."""
    come_back(page, site, desk["session"])
    page.goto(f"{site.url}/review/{desk['round']}/")
    page.locator("#desk").wait_for()


def fill_sign_in(page, site, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", site.password)
    page.click("main button.primary")


def sign_out(page) -> None:
    page.get_by_role("button", name="Account:").click()
    page.get_by_role("button", name="Sign out").click()
    page.locator("[name=username]").wait_for()


def open_desk(page, round_name: str) -> None:
    """From the queue to the desk of a round. Its keys may be pressed at once."""
    page.locator(".card", has_text=round_name).get_by_role("link").click()
    page.locator("#desk").wait_for()


def shown(page, inside: str = ""):
    """The item that is shown at the desk, or what is in it."""
    return page.locator(f"#items > .item:not([hidden]) {inside}".strip())


def all_saved(page) -> None:
    """Everything that was given at the desk is in the database."""
    expect(page.locator("[data-sync] [data-state=saved]")).to_be_visible()


def ask(page, site, question: str):
    """What a customer would get now; the place of the answer on the page."""
    page.goto(f"{site.url}/memory/")
    page.fill("[name=question]", question)
    page.get_by_role("button", name="See the answer").click()
    answer = page.locator("[data-trial-answer]")
    expect(answer).to_be_visible()
    return answer
