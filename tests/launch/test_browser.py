import pytest

from tests import browser, debian
from tests.browser import BrowserNotFound


def program(path, answer="exit 0"):
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """A machine without a browser, where nothing can be installed; what is asked of it is noted."""
    asked = []
    monkeypatch.delenv("ECC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_playwrights_own", lambda: None)
    monkeypatch.setattr(debian, "can_install", lambda: False)
    monkeypatch.setattr(debian, "install", lambda *packages: asked.append(packages))
    monkeypatch.setattr(browser, "_install_playwrights_own", lambda: asked.append("playwright"))
    return asked


def test_the_browser_that_was_named_goes_before_all_others(bare_machine, monkeypatch, tmp_path):
    program(tmp_path / "chromium")
    chosen = program(tmp_path / "mine")
    monkeypatch.setenv("ECC_CHROMIUM", str(chosen))
    assert browser.find() == chosen


def test_a_name_that_is_no_program_is_refused(bare_machine, monkeypatch, tmp_path):
    monkeypatch.setenv("ECC_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(
        BrowserNotFound, match=r"ECC_CHROMIUM=.*nothing.* cannot be used: expected the path of a program"
    ):
        browser.find()


@pytest.mark.parametrize("name", ["chromium-headless-shell", "chromium", "google-chrome"])
def test_a_browser_on_the_path_is_found_and_nothing_is_installed(bare_machine, tmp_path, name):
    there = program(tmp_path / name)
    assert browser.bring() == there
    assert bare_machine == []


@pytest.mark.parametrize("package", ["chromium-headless-shell", "chromium"])
def test_on_debian_as_root_the_package_it_has_and_a_chinese_font_are_installed(
    bare_machine, monkeypatch, tmp_path, package
):
    def install(browser, font):
        bare_machine.append((browser, font))
        return browser == package and program(tmp_path / package)

    monkeypatch.setattr(debian, "can_install", lambda: True)
    monkeypatch.setattr(debian, "install", install)
    assert browser.bring() == tmp_path / package
    assert bare_machine[-1] == (package, "fonts-noto-cjk")


def test_on_debian_as_root_a_browser_that_cannot_write_chinese_gets_a_font(bare_machine, monkeypatch, tmp_path):
    program(tmp_path / "chromium")
    program(tmp_path / "fc-list")
    monkeypatch.setattr(debian, "can_install", lambda: True)
    browser.bring()
    assert bare_machine == [("fonts-noto-cjk",)]


def test_without_debian_playwright_is_asked_and_failure_is_one_sentence(bare_machine):
    with pytest.raises(BrowserNotFound, match=r"No Chromium .*ECC_CHROMIUM=PATH\.$"):
        browser.bring()
    assert bare_machine == ["playwright"]


def test_a_browser_that_does_not_start_is_refused(bare_machine, tmp_path):
    program(tmp_path / "chromium", "exit 127")
    with pytest.raises(BrowserNotFound, match="No Chromium that starts"):
        browser.bring()
