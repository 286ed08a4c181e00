"""Ports for servers of the tests, which no other program is given between the choice and the start."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

# Below those that kernels hand out by themselves; each process of the tests counts from a place of its own.
FIRST, END = 20_000, 32_000


def _ports() -> Iterator[int]:
    port = os.getpid() * 100
    while True:
        port += 1
        yield FIRST + port % (END - FIRST)


_candidates = _ports()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, another one at each call."""
    for port in _candidates:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("never reached: the candidates have no end")
