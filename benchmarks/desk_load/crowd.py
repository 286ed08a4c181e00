"""Annotators without think time, each with a connection of their own; a verdict brings the next item."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from benchmarks.fault_injection.annotator import PREFERENCES, Form
from benchmarks.fault_injection.visitor import Visitor


@dataclass
class Window:
    """What happened in some seconds: milliseconds of each verdict until the next item was there, and their keys."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def figures(self) -> dict[str, float]:
        times = sorted(self.times)
        p50, p95 = (times[min(len(times) - 1, int(share * len(times)))] if times else 0.0 for share in (0.5, 0.95))
        rate = round(len(times) / self.seconds, 1)
        return {"per_second": rate, "p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "failed": self.failed}


def signed_in(url: str, names: list[str], password: str) -> list[Visitor]:
    visitors = [Visitor(url, name, password) for name in names]
    for visitor in visitors:
        if not visitor.sign_in():
            raise RuntimeError(f"{visitor.name} could not sign in")
    return visitors


def review(visitors: list[Visitor], round_: int, seconds: float) -> Window:
    """All of them review the round for so many seconds, from a desk that is open already."""
    crowd = _Crowd(round_, threading.Barrier(len(visitors) + 1))
    threads = [threading.Thread(target=crowd.work, args=[visitor], daemon=True) for visitor in visitors]
    for thread in threads:
        thread.start()
    crowd.begin.wait()
    began = time.monotonic()
    crowd.over.wait(seconds)
    crowd.over.set()
    for thread in threads:
        thread.join()
    crowd.window.seconds = time.monotonic() - began
    return crowd.window


@dataclass
class _Crowd:
    round: int
    begin: threading.Barrier
    over: threading.Event = field(default_factory=threading.Event)
    window: Window = field(default_factory=Window)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, visitor: Visitor) -> None:
        page = visitor.get(f"/review/{self.round}/")
        form = Form.on(page.text) if page else None
        self.begin.wait()
        given = 0
        while form and not self.over.is_set():
            given += 1
            form = self._judge(visitor, form, PREFERENCES[given % len(PREFERENCES)])

    def _judge(self, visitor: Visitor, form: Form, preference: str) -> Form | None:
        """The form that came with the answer."""
        began = time.monotonic()
        htmx = {"HX-Request": "true", "HX-Target": "desk", "HX-Current-URL": f"{visitor.url}/review/"}
        answer = visitor.post(form.path, {**form.fields, "preference": preference, "seconds": "1.0"}, headers=htmx)
        passed = 1000 * (time.monotonic() - began)
        with self.lock:
            if answer is None or not answer.ok:
                self.window.failed += 1
            else:
                self.window.times.append(passed)
                self.window.keys.append(form.fields["key"])
        return form if answer is None else Form.on(answer.text)
