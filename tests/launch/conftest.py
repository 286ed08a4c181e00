"""Small helpers for programs that listen, write and end."""

import time
from collections.abc import Callable

import pytest

from ecc_site.launch import startup


@pytest.fixture
def eventually() -> Callable:
    """Call something until it is true; what it returned last."""

    def wait(condition: Callable, seconds: float = 10):
        deadline = time.monotonic() + seconds
        while not (value := condition()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return value

    return wait


@pytest.fixture(autouse=True)
def no_start_under_way(monkeypatch):
    monkeypatch.setenv(startup.VARIABLE, "")  # so that what a test sets is undone after it
    monkeypatch.delenv(startup.VARIABLE)
