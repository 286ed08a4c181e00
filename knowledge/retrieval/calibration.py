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


def tried(memories: Iterable[Memory], asked: Sequence[Asked], final: Final) -> tuple[np.ndarray, np.ndarray]:
    """How sure each memory is of its reply to each question, and the final score of that reply by Eq. 1 of the paper.

    Both are of shape (memories · questions,). Each question is asked with its dialogue and the same question hidden.
    """
    sureness: list[float] = []
    replies: list[str] = []
    cases: list[Asked] = []
    for memory in memories:
        for case in asked:
            found = memory.find(case.question, memory.hidden_for(case.question, case.origin))
            sureness.append(memory.sureness(case.question, found) if found else 0.0)
            replies.append(found[0].item.reply if found else "")
            cases.append(case)
    questions, references = [case.question.text for case in cases], [case.reference for case in cases]
    return np.array(sureness), final(questions, replies, references)


def at_most_wrong(sureness: np.ndarray, finals: np.ndarray, least: float = 0.0) -> Calibration:
    """The lowest sureness, of at least `least`, from which at most MOST_WRONG of the replies are wrong.

    Of replies with these values, both of shape (N,). A reply is wrong where its final score is below WRONG.
    """
    order = np.argsort(-sureness, kind="stable")
    shares = np.cumsum(finals[order] < WRONG) / np.arange(1, len(order) + 1)
    allowed = np.flatnonzero((shares <= MOST_WRONG) & (sureness[order] >= least))
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
