"""Small helpers for programs that listen, write and end."""

import socket
import time
from collections.abc import Callable

import pytest

from ecc_site.launch import startup


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
