"""Ports for servers of the tests, which no other program is given between the choice and the start."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import IO

# Below those that kernels hand out by themselves; each process of the tests counts from a place of its own.
FIRST, END = 20_000, 32_000


def _ports() -> Iterator[int]:
    port = os.getpid() * 100
    while True:
        port += 1
        yield FIRST + port % (END - FIRST)


_candidates = _ports()
_LOCKS = Path(gettempdir()) / f"ecc-test-ports-{os.getuid()}"
_held: list[IO[str]] = []


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, another one at each call.

    No other process of tests on this machine is given it before this one has ended: a site listens a minute later.
    """
    for port in _candidates:
        if _is_free(port) and _take(port):
            return port
    raise AssertionError("never reached: the candidates have no end")


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _take(port: int) -> bool:
    _LOCKS.mkdir(exist_ok=True)
    file = (_LOCKS / str(port)).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _held.append(file)
    return True
