"""Annotators who give verdicts as the page of the desk does: they repeat what got no answer, with the same keys."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from benchmarks.desk_load.page import PREFERENCES, Page
from benchmarks.fault_injection.visitor import Visitor, is_sign_in

THINKING_S = (0.2, 0.6)  # people are slower; twenty of them then stand for many more
REPEAT_S = 0.5  # after the page said that the server did not respond
RELOADS = 0.02  # of the verdicts, after which the person reloads the page
PATIENCE_S = 120  # for answers to the last verdicts, when the others have gone


@dataclass
class SentVerdict:
    """A verdict as an annotator gave it, and what the server said to it."""

    annotator: str
    item: int
    key: str
    preference: str
    correction: str
    note: str
    sent_at: float
    answered_at: float | None = None
    outcome: str = "unanswered"  # acknowledged | refused | unanswered

    def answer(self, outcome: str) -> None:
        self.outcome, self.answered_at = outcome, time.monotonic()


class Annotator(threading.Thread):
    """Reviews round after round until `stop` is set."""

    def __init__(self, visitor: Visitor, rounds: list[int], stop: threading.Event, seed: int):
        super().__init__(name=visitor.name, daemon=True)
        self.visitor, self._rounds, self._stop_now = visitor, [*rounds], stop
        self._random = random.Random(seed)
        self._page = Page(self._rounds.pop(0))
        self.said: list[SentVerdict] = []

    def run(self) -> None:
        while not self._stop_now.is_set():
            self._give() if self._page.on_hand and not self._page.is_full else self._look()
        stopped = time.monotonic()
        while self._page.unsent and time.monotonic() - stopped < PATIENCE_S:
            if not self._send():
                time.sleep(REPEAT_S)

    def acknowledged_since(self, moment: float) -> bool:
        latest = self.said[-10:]  # some of them may still be on their way
        return any(said.outcome == "acknowledged" and said.sent_at >= moment for said in latest)

    def _give(self) -> None:
        self._stop_now.wait(self._random.uniform(*THINKING_S))
        correction = f"您好,这个问题由{uuid.uuid4().hex}号专员为您处理。" if self._random.random() < 0.5 else ""
        note = f"note {uuid.uuid4().hex}" if self._random.random() < 0.25 else ""
        said = self._page.give(self._random.choice(PREFERENCES), 1.0, correction=correction, note=note)
        names = ("item", "key", "preference", "correction", "note")
        self.said.append(SentVerdict(self.name, *(said[name] for name in names), sent_at=time.monotonic()))
        if self._send() and self._random.random() < RELOADS:
            self._open()

    def _look(self) -> None:
        """Nothing is to be done here: the last verdicts have to get through, or the round is through."""
        if self._page.unsent:
            done = self._send()
        else:
            done = self._open()
            if done and not self._page.on_hand and self._rounds:
                self._page = Page(self._rounds.pop(0))
        if not done:
            self._stop_now.wait(REPEAT_S)

    def _open(self) -> bool:
        page = self.visitor.get(f"/review/{self._page.round}/")
        if page is None or 'id="desk"' not in page.text:
            return False
        self._page.load(page.text)
        return True

    def _send(self) -> bool:
        """Whether the server has answered. Who is signed out signs in and opens the desk, whose outbox sends again."""
        answer = self.visitor.post_json(self._page.address, self._page.body)
        if answer is None:
            return False
        if is_sign_in(answer):
            return self._open() and False
        if not answer.ok:
            raise RuntimeError(f"The page would stop here: {answer.status_code} {answer.text[:200]}")
        self._hear(answer.json())
        return True

    def _hear(self, answer: dict[str, Any]) -> None:
        saved = {said["key"]: said["saved"] for said in answer["outcomes"]}
        for said in self.said[-len(saved) :] if saved else []:
            said.answer("acknowledged" if saved[said.key] else "refused")
        self._page.take(answer)
