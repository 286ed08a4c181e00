"""Waiting for somebody else's server no longer than agreed, and no longer than anybody wants the reply."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Thread
from typing import TypeVar

from serving.runtimes.protocol import CloudProblem

LOOK_EVERY_S = 1.0
Result = TypeVar("Result")


def in_time(work: Callable[[], Result], seconds: float, check: Callable[[], object] | None) -> Result:
    """The result of `work`, which asks a server. Raises what it raises, CloudProblem when the time is up.

    `check` is called every second meanwhile and ends the waiting by raising. A server that drips its reply, or does not
    even finish its headers, keeps a thread busy then, but no longer this worker.
    """
    future: Future[Result] = Future()
    Thread(target=_fulfil, args=[future, work], daemon=True).start()
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            return future.result(min(LOOK_EVERY_S, left))
        except NotYet:
            if future.done():  # at this very moment, or the work itself timed out somewhere
                return future.result()
        if check:
            check()
    raise CloudProblem("timed_out", f"no reply within {seconds:.0f} s")


def _fulfil(future: Future[Result], work: Callable[[], Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)


def in_steps(pause: Callable[[float], object], check: Callable[[], object] | None) -> Callable[[float], object]:
    """The same pause in steps of a second, with `check` before each; without a check the pause itself."""
    if check is None:
        return pause

    def wait(seconds: float) -> None:
        while seconds > 0:
            check()
            pause(min(LOOK_EVERY_S, seconds))
            seconds -= LOOK_EVERY_S

    return wait
