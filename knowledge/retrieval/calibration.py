"""From which sureness a remembered reply may be given without asking the model, found on train and dev questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.retrieval.items import Question
from knowledge.retrieval.memory import Memory

WRONG = 0.25  # a final score below it: the reply is about something else
MOST_WRONG = 0.01  # share of the direct replies


@dataclass(frozen=True)
class Asked:
    """A question whose right reply is known, and the dialogue that it is from."""

    question: Question
    reference: str
    origin: str


Final = Callable[[Sequence[str], Sequence[str], Sequence[str]], np.ndarray]  # of questions, replies, references


@dataclass(frozen=True)
class Calibration:
    """`sure` is 1 where no threshold keeps the wrong replies rare; shares are of all questions, in [0, 1]."""

    sure: float
    questions: int
    direct_share: float
    wrong_share: float  # of the direct replies
    direct_mean: float  # final score of the direct replies


def calibrate(memory: Memory, asked: Iterable[Asked], final: Final) -> Calibration:
    """The lowest sureness from which at most MOST_WRONG of the replies are wrong.

    Each question is asked with its own dialogue and the same question hidden. A reply is wrong where its final score
    by Eq. 1 against the right reply is below WRONG.
    """
    found = [(q, memory.find(q.question, memory.hidden_for(q.question, q.origin))[:1]) for q in asked]
    replies = [best[0].item.reply if best else "" for _, best in found]
    finals = final([q.question.text for q, _ in found], replies, [q.reference for q, _ in found])
    return at_most_wrong(np.array([best[0].sureness if best else 0.0 for _, best in found]), finals)


def at_most_wrong(sureness: np.ndarray, finals: np.ndarray) -> Calibration:
    """The calibration of replies with these values, both of shape (N,)."""
    order = np.argsort(-sureness, kind="stable")
    shares = np.cumsum(finals[order] < WRONG) / np.arange(1, len(order) + 1)
    allowed = np.flatnonzero(shares <= MOST_WRONG)
    if not len(allowed):
        return Calibration(1.0, len(order), 0.0, 0.0, 0.0)
    direct = order[: allowed[-1] + 1]
    return Calibration(
        sure=float(sureness[direct[-1]]),
        questions=len(order),
        direct_share=len(direct) / len(order),
        wrong_share=float(np.mean(finals[direct] < WRONG)),
        direct_mean=float(np.mean(finals[direct])),
    )
