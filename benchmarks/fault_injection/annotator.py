"""Annotators who give verdicts as the page of the desk does: they repeat what got no answer, with the same key."""

from __future__ import annotations

import random
import re
import threading
import time
import uuid
from dataclasses import dataclass

import requests

from benchmarks.fault_injection.visitor import Visitor, hidden_fields, is_sign_in

PREFERENCES = ("end", "tie", "reference", "both_bad")
THINKING_S = (0.2, 0.6)  # people are slower; twenty of them then stand for many more
REPEAT_S = 0.5  # after the page said that the server did not respond
PATIENCE_S = 120  # for an answer to the last verdict, when the others have gone


@dataclass
class Said:
    """A verdict as an annotator gave it, and what the server said to it."""

    annotator: str
    item: int
    key: str
    preference: str
    correction: str
    note: str
    sent_at: float
    answered_at: float | None = None
    outcome: str = "unanswered"  # acknowledged | refused | signed out | unanswered
    tries: int = 0

    def answer(self, outcome: str) -> None:
        self.outcome, self.answered_at = outcome, time.monotonic()


@dataclass(frozen=True)
class Form:
    """The form of the desk for one item."""

    path: str
    item: int
    fields: dict[str, str]

    @classmethod
    def on(cls, page: str) -> Form | None:
        """None where the desk has nothing to review."""
        action = re.search(r'action="(/review/\d+/items/(\d+)/verdict/)"', page)
        return cls(action[1], int(action[2]), hidden_fields(page, action[1])) if action else None


class Annotator(threading.Thread):
    """Reviews round after round until `stop` is set."""

    def __init__(self, visitor: Visitor, rounds: list[int], stop: threading.Event, seed: int):
        super().__init__(name=visitor.name, daemon=True)
        self.visitor, self._rounds, self._stop_now = visitor, rounds, stop
        self._random = random.Random(seed)
        self.said: list[Said] = []

    def run(self) -> None:
        form = None
        while not self._stop_now.is_set():
            form = form or self._open_desk()
            if form:
                self._stop_now.wait(self._random.uniform(*THINKING_S))
                form = self._judge(form)
            else:
                self._stop_now.wait(REPEAT_S)

    def acknowledged_since(self, moment: float) -> bool:
        latest = self.said[-2:]  # the last one may still be on its way
        return any(said.outcome == "acknowledged" and said.sent_at >= moment for said in latest)

    def _open_desk(self) -> Form | None:
        page = self.visitor.get(f"/review/{self._rounds[0]}/")
        if page is None:
            return None
        form = Form.on(page.text)
        if form is None and len(self._rounds) > 1 and 'id="desk"' in page.text:
            self._rounds = self._rounds[1:]
        return form

    def _judge(self, form: Form) -> Form | None:
        """Give a verdict until there is an answer to it; the form that came with the answer."""
        said = self._opinion(form)
        self.said.append(said)
        while (answer := self._send(form, said)) is None:
            if self._stop_now.is_set() and time.monotonic() - said.sent_at > PATIENCE_S:
                return None
            time.sleep(REPEAT_S)
        said.answer(_outcome(answer))
        return Form.on(answer.text)

    def _opinion(self, form: Form) -> Said:
        correction = f"您好,这个问题由{uuid.uuid4().hex}号专员为您处理。" if self._random.random() < 0.5 else ""
        note = f"note {uuid.uuid4().hex}" if self._random.random() < 0.25 else ""
        preference = self._random.choice(PREFERENCES)
        sent_at = time.monotonic()
        return Said(self.visitor.name, form.item, form.fields["key"], preference, correction, note, sent_at)

    def _send(self, form: Form, said: Said) -> requests.Response | None:
        said.tries += 1
        opinion = {name: getattr(said, name) for name in ("preference", "correction", "note")}
        seconds = {"seconds": f"{time.monotonic() - said.sent_at:.1f}"}
        return self.visitor.post(form.path, {**form.fields, **seconds, **opinion})


def _outcome(answer: requests.Response) -> str:
    """What the page would make of the answer: only 200 with the next desk lets it forget what was typed."""
    if is_sign_in(answer):
        return "signed out"
    return "acknowledged" if answer.status_code == requests.codes.ok else "refused"
