"""A Chromium for the browser tests: python -m tests.browser finds or installs one and prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ecc_site.env import env_str
from tests import debian

HEADLESS = "chromium-headless-shell"  # Chromium without windows, which costs the processor less
NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHINESE_FONT = "fonts-noto-cjk"
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class BrowserNotFound(SystemExit):
    """One clear sentence on what to do; uncaught, it is printed and the process ends with exit code 1."""


def find() -> Path | None:
    """The browser that ECC_CHROMIUM names, else one on the PATH, else the one that playwright has installed."""
    if chosen := env_str("ECC_CHROMIUM"):
        if not os.access(chosen, os.X_OK):
            raise BrowserNotFound(f"ECC_CHROMIUM={chosen!r} cannot be used: expected the path of a program.")
        return Path(chosen)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _playwrights_own()


def bring() -> Path:
    """A browser that starts, installed where there was none. Raises BrowserNotFound where that is impossible."""
    browser = find()
    if debian.can_install() and (browser is None or not _can_write_chinese()):
        _install_packages(browser)
        browser = find()
    if browser is None:
        _install_playwrights_own()
        browser = find()
    if browser is None or not _starts(browser):
        raise BrowserNotFound(
            "No Chromium that starts was found or could be installed; name one with ECC_CHROMIUM=PATH."
        )
    return browser


def _install_packages(browser: Path | None) -> None:
    """A font, and a browser where there is none; not every Debian has the one without windows."""
    choices = [[CHINESE_FONT]] if browser else [[HEADLESS, CHINESE_FONT], ["chromium", CHINESE_FONT]]
    for packages in choices:
        print(f"Installing {' and '.join(packages)} for the browser tests …", file=sys.stderr)
        if debian.install(*packages):
            return


def _playwrights_own() -> Path | None:
    # In a process of its own: playwright refuses to start twice in the process of a test that uses it.
    answer = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = Path(answer.stdout.strip() or "/nowhere")
    return path if path.is_file() else None


def _install_playwrights_own() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)


def _starts(browser: Path) -> bool:
    return subprocess.run([browser, "--version"], capture_output=True, check=False).returncode == 0


def _can_write_chinese() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


if __name__ == "__main__":
    print(bring())
