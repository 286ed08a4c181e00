"""Everybody who is at work in the site at once."""

from __future__ import annotations

import threading
import time

from benchmarks.fault_injection.annotator import Annotator, SentVerdict
from benchmarks.fault_injection.manager import Manager
from benchmarks.fault_injection.visitor import Visitor

SETTLING_S = 120  # for all of them to sign in, and at the end for the last answers


class Crowd:
    """The annotators and the manager, each in a thread."""

    def __init__(self, url: str, password: str, annotators: list[str], rounds: list[int], dialogues: int):
        self._stop = threading.Event()
        visitors = [Visitor(url, name, password) for name in annotators]
        self.annotators = [Annotator(v, rounds, self._stop, seed) for seed, v in enumerate(visitors)]
        self.manager = Manager(Visitor(url, "manager", password), dialogues, self._stop)
        self._everybody = [*self.annotators, self.manager]

    def start(self) -> None:
        """Returns when everybody has signed in and is at work."""
        for person in self._everybody:
            person.start()
        deadline = time.monotonic() + SETTLING_S
        while not (all(person.said for person in self.annotators) and self.manager.imports):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Not everybody came to work: {self.failures[-5:]}")
            time.sleep(0.1)

    def all_acknowledged_since(self, moment: float) -> bool:
        """Whether everybody has given a verdict since then that was acknowledged."""
        return all(annotator.acknowledged_since(moment) for annotator in self.annotators)

    def stop(self) -> list[str]:
        """Let everybody finish the verdict that is on its way. Returns who had broken off before by an error."""
        fallen = [person.name for person in self._everybody if not person.is_alive()]
        self._stop.set()
        deadline = time.monotonic() + SETTLING_S
        for person in self._everybody:
            person.join(max(0, deadline - time.monotonic()))
        return fallen

    @property
    def said(self) -> list[SentVerdict]:
        return [said for annotator in self.annotators for said in annotator.said]

    @property
    def failures(self) -> list[tuple[float, str]]:
        """When and how requests of any of them failed."""
        return sorted(f for person in self._everybody for f in person.visitor.failures)
