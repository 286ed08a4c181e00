"""What every story in the browser begins with."""

import re


def sign_in(page, site, name):
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", site.password)
    page.click("main button.primary")


def open_desk(page, round_name):
    """From the queue to the desk of a round, with its keys at work."""
    page.locator(".card", has_text=round_name).get_by_role("link").click()
    page.wait_for_url(re.compile(r"/review/\d+/"))  # until everything is loaded
