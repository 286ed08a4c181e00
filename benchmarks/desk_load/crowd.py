"""Annotators without think time, each with a connection of their own, who do what the page of the desk does.

The page has some items ahead and at most five verdicts that are not acknowledged: while a request is on its way the
annotator goes on, and what was given meanwhile goes out together. Who never thinks is always five verdicts ahead.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.fault_injection.annotator import PREFERENCES, Form
from benchmarks.fault_injection.visitor import Visitor

UNSENT = 5
ITEM = re.compile(r'<article [^>]*data-item="(\d+)"')
ACCOUNT = re.compile(r'data-account="(\d+)"')


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


def _through_the_outbox(crowd: _Crowd, visitor: Visitor, page: str) -> None:
    account = int(ACCOUNT.search(page)[1])  # type: ignore[index]
    on_hand, unsent = [int(pk) for pk in ITEM.findall(page)], []
    while (on_hand or unsent) and not crowd.over.is_set():
        while on_hand and len(unsent) < UNSENT:
            unsent.append(_verdict(on_hand.pop(0)))
        body = {"account": account, "verdicts": unsent, "have": on_hand}
        began = time.monotonic()
        answer = visitor.post_json(f"/review/{crowd.round}/outbox/", body)
        acknowledged = answer is not None and answer.ok
        crowd.note([verdict["key"] for verdict in unsent], time.monotonic() - began, acknowledged)
        if acknowledged:
            unsent = []
            on_hand += [item["id"] for item in answer.json()["items"]]  # type: ignore[union-attr]


def _verdict(item: int) -> dict:
    preference = PREFERENCES[item % len(PREFERENCES)]
    return {"item": item, "key": str(uuid.uuid4()), "preference": preference, "seconds": 1.0, "revision": 0}


def _through_forms(crowd: _Crowd, visitor: Visitor, page: str) -> None:
    form = Form.on(page)
    while form and not crowd.over.is_set():
        began = time.monotonic()
        answer = visitor.post(form.path, {**form.fields, "preference": "tie", "seconds": "1.0"})
        acknowledged = answer is not None and answer.ok
        crowd.note([form.fields["key"]], time.monotonic() - began, acknowledged)
        if acknowledged:
            form = Form.on(answer.text)  # type: ignore[union-attr]
