"""One launched site for all stories of this folder, and a browser to look at it."""

import signal
from functools import cache

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import browser as browsers
from tests import ready_database
from tests.ci import in_ci
from tests.running_site import BEGIN_S, Site, two_free_ports
from tests.system.at_desk import name_of
from tests.system.people import come_back, sign_in

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=SpareRendererForSitePerProcess",  # a process for a page that may never come
)
PATIENCE_MS = 120_000  # for what takes a moment; a busy machine makes minutes of it
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def browser():
    try:
        path = browsers.bring()
    except browsers.BrowserNotFound as reason:
        assert not in_ci(), f"in CI the browser tests may not be skipped: {reason}"
        pytest.skip(str(reason))
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(path), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def new_context(browser):
    """Makes a window in English that waits as long as the stories do, or as its options say."""

    def make(**options):
        context = browser.new_context(**{"locale": "en-US"} | options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    return make


@pytest.fixture(scope="package")
def site(browser, tmp_path_factory):
    """It takes a worker for dead after seconds, since stories kill some, and any key at the desk at once."""
    shortened = {"JOB_HEARTBEAT_S": "1", "JOB_SILENCE_S": "12", "JOB_RESEND_S": "20", "DESK_QUICKEST_MS": "0"}
    data_dir = tmp_path_factory.mktemp("var")
    ready_database.copy_to(data_dir / "ecc.sqlite3")  # tests/launch/test_site.py begins with an empty folder
    launched = Site(data_dir, two_free_ports(), **shortened)
    try:
        launched.wait_for("The site is ready")
        yield launched
        launched.launcher.send_signal(signal.SIGINT)  # Ctrl-C leaves no process, whatever the stories have begun
        assert launched.launcher.wait(BEGIN_S) == 0
        assert launched.processes() == []
        assert launched.terminal.read_text().endswith("Stopped.\n")
    finally:
        launched.kill_all()


@pytest.fixture(scope="package")
def session_of(new_context, site):
    """The session of a person by name, who signs in once for all stories that do not sign out."""

    @cache
    def of(name: str) -> str:
        with new_context() as context:
            sign_in(context.new_page(), site, name)
            [session] = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid"]
        return session

    return of


@pytest.fixture(scope="module")
def desks(site, request):
    """A round and an annotator for each story, made in one go; `@pytest.mark.desk("tags")` asks for more of it."""
    stories = [item for item in request.session.items if item.module is request.module]
    return site.ask("tests.system.make_desks", *map(_desk_for, stories))


def _desk_for(story: pytest.Item) -> str:
    extras = [extra for marker in story.iter_markers("desk") for extra in marker.args]
    return f"{name_of(story.name)}:{','.join(extras)}" if extras else name_of(story.name)


@pytest.fixture
def page(new_context, site):
    """A window in English; in the end no script may have failed, and no other host may have been asked."""
    context = new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: problems.append(request.url) if site.url not in request.url else None)
    yield page
    context.close()
    assert problems == [], "errors in the browser, or requests to another host"


@pytest.fixture
def manager(page, site, session_of):
    """The window is that of a manager."""
    come_back(page, site, session_of("manager"))
    return page
