"""Annotators without think time, each with a connection of their own, who do what the page of the desk does.

The page has some items ahead and at most five verdicts that are not acknowledged: while a request is on its way the
annotator goes on, and what was given meanwhile goes out together. Who never thinks is always five verdicts ahead.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.desk_load.page import PREFERENCES, Page
from benchmarks.fault_injection.visitor import Visitor, hidden_fields

FORM = re.compile(r'action="(/review/\d+/items/\d+/verdict/)"')


@dataclass
class Window:
    """What happened in some seconds: of each verdict its key, the milliseconds of its cycle, from one to the next (of
    five that go out together a fifth of the request), and those until it was acknowledged.
    """

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def figures(self) -> dict[str, float]:
        rate = round(len(self.times) / self.seconds, 1)
        times = {"p50_ms": _quantile(self.times, 0.5), "p95_ms": _quantile(self.times, 0.95)}
        return {"per_second": rate, **times, "acknowledged_p95_ms": _quantile(self.waits, 0.95), "failed": self.failed}


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0


def signed_in(url: str, names: list[str], password: str) -> list[Visitor]:
    visitors = [Visitor(url, name, password) for name in names]
    for visitor in visitors:
        if not visitor.sign_in():
            raise RuntimeError(f"{visitor.name} could not sign in")
    return visitors


def review(visitors: list[Visitor], round_: int, seconds: float) -> Window:
    """All of them review the round for so many seconds through the outbox, from a desk that is open already."""
    return _Crowd(round_).work(visitors, seconds, _through_the_outbox)


def review_by_forms(visitors: list[Visitor], round_: int, seconds: float) -> Window:
    """As a browser without JavaScript does: a form for each verdict, and a new page behind it."""
    return _Crowd(round_).work(visitors, seconds, _through_forms)


@dataclass
class _Crowd:
    round: int
    over: threading.Event = field(default_factory=threading.Event)
    window: Window = field(default_factory=Window)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, visitors: list[Visitor], seconds: float, how: Callable[[_Crowd, Visitor, str], None]) -> Window:
        begin = threading.Barrier(len(visitors) + 1)

        def start(visitor: Visitor) -> None:
            page = visitor.get(f"/review/{self.round}/")
            begin.wait()
            if page is not None:
                how(self, visitor, page.text)

        threads = [threading.Thread(target=start, args=[visitor], daemon=True) for visitor in visitors]
        for thread in threads:
            thread.start()
        begin.wait()
        began = time.monotonic()
        self.over.wait(seconds)
        self.over.set()
        for thread in threads:
            thread.join()
        self.window.seconds = time.monotonic() - began
        return self.window

    def note(self, keys: list[str], passed_s: float, acknowledged: bool) -> None:
        with self.lock:
            if acknowledged:
                self.window.times += [1000 * passed_s / len(keys)] * len(keys)
                self.window.waits += [1000 * passed_s] * len(keys)
                self.window.keys += keys
            else:
                self.window.failed += 1


def _through_the_outbox(crowd: _Crowd, visitor: Visitor, text: str) -> None:
    page = Page(crowd.round)
    page.load(text)
    while (page.on_hand or page.unsent) and not crowd.over.is_set():
        while page.on_hand and not page.is_full:
            page.give(PREFERENCES[page.on_hand[0] % len(PREFERENCES)], 1.0)
        keys = [said["key"] for said in page.unsent]
        began = time.monotonic()
        answer = visitor.post_json(page.address, page.body)
        acknowledged = answer is not None and answer.ok
        crowd.note(keys, time.monotonic() - began, acknowledged)
        if acknowledged:
            page.take(answer.json())  # type: ignore[union-attr]


def _through_forms(crowd: _Crowd, visitor: Visitor, text: str) -> None:
    while (action := FORM.search(text)) and not crowd.over.is_set():
        fields = hidden_fields(text, action[1])
        began = time.monotonic()
        answer = visitor.post(action[1], {**fields, "preference": "tie", "seconds": "1.0"})
        acknowledged = answer is not None and answer.ok
        crowd.note([fields["key"]], time.monotonic() - began, acknowledged)
        if acknowledged:
            text = answer.text  # type: ignore[union-attr]
