"""The training data of the scorers: the train part of the corpus as batches of pairs of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch

from scoring.measures.known_pairs import STYLES
from serving.corpus import Exchange
from serving.embedded.noise import noisy
from serving.embedded.synonyms import SYNONYMS

CHINESE_SHARE = 0.75
QUESTIONS = 0.5  # share of batches that teach the similarity of questions, the others of replies
SYNONYM_SHARE = 0.5  # of those
OTHERS_OF_INTENT = 0.5  # the target for two questions of one intent
SAME_TURN = 0.8  # two replies to one turn
SAME_INTENT = 0.3  # replies to two turns of one intent


@dataclass(frozen=True)
class Batch:
    """Texts of B pairs, how alike each pair is, shape (B,) in [0, 1], and which turns share an intent, shape (B, B)."""

    left: list[str]
    right: list[str]
    alike: torch.Tensor
    same_intent: torch.Tensor


class Batches:
    """Batches of turns in one language, from the train part only."""

    def __init__(self, corpus: tuple[Exchange, ...], size: int, seed: int):
        train = [exchange for exchange in corpus if exchange.split == "train"]
        self.turns = {language: [e for e in train if e.language == language] for language in ("zh", "en")}
        self.of_intent: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in train:
            self.of_intent.setdefault((exchange.intent, exchange.language), []).append(exchange)
        self.size, self.rng = size, Random(seed)

    def similar(self) -> Iterator[Batch]:
        """Two replies to a turn, or two wordings of its question; at times questions of one intent, and synonyms."""
        while True:
            turns = self._some_turns()
            pair = self._two_questions if self.rng.random() < QUESTIONS else self._two_replies
            left, right, alike = zip(*(pair(turn) for turn in turns), strict=True)
            yield Batch(list(left), list(right), torch.tensor(alike), _same_intent(turns))

    def answered(self) -> Iterator[Batch]:
        """Questions with a right reply to each."""
        while True:
            turns = self._some_turns()
            questions = [noisy(self.rng.choice(turn.wordings), turn.language, self.rng) for turn in turns]
            replies = [self._reply(turn) for turn in turns]
            yield Batch(questions, replies, torch.ones(len(turns)), _same_intent(turns))

    def _some_turns(self) -> list[Exchange]:
        turns = self.turns["zh" if self.rng.random() < CHINESE_SHARE else "en"]
        return self.rng.sample(turns, min(self.size, len(turns)))

    def _reply(self, turn: Exchange) -> str:
        text = getattr(turn, self.rng.choice(STYLES))
        return noisy(text, turn.language, self.rng) if self.rng.random() < 0.3 else text

    def _two_replies(self, turn: Exchange) -> tuple[str, str, float]:
        left, right = self.rng.sample(STYLES, 2)
        return getattr(turn, left), noisy(getattr(turn, right), turn.language, self.rng), SAME_TURN

    def _two_questions(self, turn: Exchange) -> tuple[str, str, float]:
        kind = self.rng.random()
        if kind < SYNONYM_SHARE:
            left, right = self.rng.sample(self.rng.choice(SYNONYMS[turn.language]), 2)
            return left, right, 1.0
        if kind < 0.9:
            left, right = self.rng.choice(turn.wordings), self.rng.choice(turn.wordings)
            return left, noisy(right, turn.language, self.rng, slips_per_character=0.1), 1.0
        other = self.rng.choice(self.of_intent[turn.intent, turn.language])
        return turn.customer, other.customer, 1.0 if other is turn else OTHERS_OF_INTENT


def _same_intent(turns: list[Exchange]) -> torch.Tensor:
    return torch.tensor([[left.intent == right.intent for right in turns] for left in turns])
