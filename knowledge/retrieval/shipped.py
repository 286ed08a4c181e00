"""The memory of the corpus that ships, and its calibration.

`python -m knowledge.retrieval.shipped` writes the thresholds of the scorers that ship. Run it again whenever the
scorers or the corpus change.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from knowledge.retrieval import thresholds
from knowledge.retrieval.calibration import Asked, Calibration, at_most_wrong, tried
from knowledge.retrieval.items import Item, Question
from knowledge.retrieval.memory import Memory
from scoring.fusion import ALPHA, final_score
from scoring.measures.match import DualMatch
from scoring.measures.named import FOLDERS, description, identity
from scoring.measures.similarity import Similarity
from serving.corpus import Exchange, exchanges

SCORERS = ("embedded-simbert", "embedded-rocketqa")
TRAIN_QUESTIONS = 1200  # of the train part, asked with their own dialogue hidden; besides all of the dev part
SMALL = {30: 6, 100: 3, 300: 2, 1000: 1}  # entries of smaller memories, and how many of each are drawn

NEIGHBOURS = 6


class ShippedScorers:
    """The similarity and match scorers that ship, and the final score with their Θ."""

    def __init__(self) -> None:
        similarity, match = (FOLDERS[name] for name in SCORERS)
        self.similarity, self.match = Similarity(similarity), DualMatch(match)
        self.theta = description(SCORERS[1])["theta"]

    def memory(self, items: Sequence[Item] | None = None) -> Memory:
        """Of these items, by default of the teacher's replies in the train part."""
        memory = Memory(self.similarity.encoder, self.match)
        memory.put(train_items() if items is None else items)
        return memory

    def final(self, questions: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> np.ndarray:
        """Eq. 1 of the paper, shape (B,)."""
        scores = (
            self.similarity.score(replies, references),
            self.match.score(questions, replies),
            self.match.score(questions, references),
        )
        return np.asarray(final_score(*scores, alpha=ALPHA, theta=self.theta))


def train_items() -> list[Item]:
    """An item for each exchange of the train part: all wordings of the question, and the teacher's reply."""
    train = (exchange for exchange in exchanges() if exchange.split == "train")
    return [
        Item(i, tuple(Question(text, before(e)) for text in e.wordings), e.teacher, e.language, e.dialogue)
        for i, e in enumerate(train)
    ]


def before(exchange: Exchange) -> str:
    """The customer's message before the question."""
    return exchange.history[-1][0] if exchange.history else ""


def asked(chosen: Sequence[Exchange]) -> list[Asked]:
    return [Asked(Question(e.customer, before(e)), e.teacher, e.dialogue) for e in chosen]


def neighbours(scorers: ShippedScorers) -> dict[tuple[str, str], tuple[Exchange, ...]]:
    """Of each exchange of the train part, by (dialogue, question): those that it would be answered from, best first.

    Its own dialogue and the same question elsewhere are hidden.
    """
    train = [exchange for exchange in exchanges() if exchange.split == "train"]
    memory = scorers.memory()
    near = {}
    for exchange, question in zip(train, asked(train), strict=True):
        hidden = memory.hidden_for(question.question, question.origin)
        found = sorted(memory.find(question.question, hidden), key=lambda found: -found.fit)
        near[exchange.dialogue, exchange.customer] = tuple(train[hit.item.id] for hit in found[:NEIGHBOURS])
    return near


def calibration(scorers: ShippedScorers) -> Calibration:
    """The figures are those of all of the train part; smaller memories keep wrong replies as rare."""
    parts = {split: [e for e in exchanges() if e.split == split] for split in ("train", "dev")}
    questions = asked([*Random(1).sample(parts["train"], TRAIN_QUESTIONS), *parts["dev"]])
    items, rng = train_items(), Random(1)
    least = 0.0
    for entries, drawn in SMALL.items():
        memories = (scorers.memory(rng.sample(items, entries)) for _ in range(drawn))
        least = max(least, at_most_wrong(*tried(memories, questions, scorers.final)).sure)
    return at_most_wrong(*tried([scorers.memory()], questions, scorers.final), least)


def main() -> None:
    found = calibration(ShippedScorers())
    figures = {"direct_share": found.direct_share, "wrong_share": found.wrong_share, "direct_mean": found.direct_mean}
    rounded = {name: round(value, 4) for name, value in figures.items()}
    thresholds.keep(identity(SCORERS[0]), identity(SCORERS[1]), found.sure, rounded)
    print(found)


if __name__ == "__main__":
    main()
