"""No page is wider than its window; ECC_SCREENSHOTS=FOLDER keeps a picture of each."""

import contextlib
import os
import re

import pytest
from playwright.sync_api import TimeoutError

from tests.system.pages import PAGES
from tests.system.people import come_back

pytestmark = [pytest.mark.system, pytest.mark.browser]
WIDTHS = (390, 1280, 1920)
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def long_name(site):
    """A dataset, a round and an annotator with a name that nothing divides."""
    site.run("tests.system.make_desks", "week_47_of_the_shop_" * 5)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-CN", "dark")])  # a theme changes no width
@pytest.mark.usefixtures("long_name")
def test_no_page_is_wider_than_its_window(new_context, site, session_of, language, theme):
    context = new_context(locale=language, color_scheme=theme)
    page = context.new_page()
    come_back(page, site, session_of("manager"))
    for path in PAGES:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(site.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert fits(page), f"{path} is wider than {width} px"
            keep_picture(page, f"{path}-{language}-{theme}-{width}")
    context.close()


def fits(page) -> bool:
    """Charts follow the window a moment later."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(FITS, timeout=60_000)
    return page.evaluate(FITS)


def keep_picture(page, name: str) -> None:
    if folder := os.environ.get("ECC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')}.png")
