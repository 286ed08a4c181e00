"""One launched site with its demo for all tests of this folder, and a browser to look at it."""

import os

import pytest

from tests import browser as browsers
from tests.running_site import Site, two_free_ports

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    launched = Site(tmp_path_factory.mktemp("var"), two_free_ports())
    launched.wait_for("The site is ready")
    yield launched
    launched.kill_all()


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    path = browsers.find()
    if path is None:
        assert not os.environ.get("CI"), "in CI the browser tests may not be skipped"
        pytest.skip("no Chromium was found; make test brings one")
    # Django refuses its ORM where an event loop runs, and playwright runs one in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(path), args=FLAGS)
        yield chromium
        chromium.close()
