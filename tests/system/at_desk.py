"""What the stories at the desk have in common."""

from playwright.sync_api import expect

from tests.system.people import shown


def name_of(story: str) -> str:
    return story.removeprefix("test_").replace("_", " ")


def progress(page):
    return page.locator("[data-progress]")


def hint(page):
    return page.locator("[data-hint]")


def correction(page):
    return shown(page, "[name=correction]")


def item_of(page) -> str:
    return shown(page).get_attribute("data-item")


def ready(page) -> None:
    """The script listens, and an item is there to be judged."""
    expect(shown(page)).to_be_visible()
    expect(page.locator("#desk[data-listens]")).to_be_attached()


class Network:
    """The way of verdicts to the server. It is made before a page is opened: what a page sends while a route is being
    made may slip past it."""

    def __init__(self, page):
        self.is_cut = False
        self.is_slow = False
        self.held: list = []  # requests that wait until it is no longer slow
        self.fails_at = ""  # what is sent with this text in it is answered as the server answers where it fails
        self.next_status: int | None = None  # with which the next request is answered, in place of the server
        page.route("**/outbox/", lambda route: self._meet(route))  # noqa: PLW0108  playwright marks its handlers

    def _meet(self, route) -> None:
        status, self.next_status = self.next_status, None
        if status:
            route.fulfill(status=status)
        elif self.fails_at and self.fails_at in route.request.post_data:
            route.fulfill(status=500)
        elif self.is_cut:
            route.abort()
        elif self.is_slow:
            self.held.append(route)
        else:
            route.continue_()

    def be_fast_again(self) -> None:
        self.is_slow = False
        while self.held:
            self.held.pop(0).continue_()


def unsent(page, count: int) -> None:
    """So many verdicts are kept in the browser, and the person is told so."""
    waiting = page.locator("[data-state=waiting]")
    expect(waiting).to_be_visible()
    expect(waiting).to_contain_text(f"{count} unsent")
