"""Conversations that the end model learns from: the train part of the corpus with a general assistant's replies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from random import Random

from transformers import PreTrainedTokenizerFast

from serving.corpus import Exchange
from serving.embedded.end_model import AGENT, CUSTOMER, END, SYSTEM
from serving.embedded.noise import noisy, renumbered

CLAUSE_ENDS = re.compile(r"[，。！？；：,.!?;:]|\d\. ?")
IGNORED = -100  # a label that the loss leaves out
PASSES = {"zh": 1, "en": 2}  # times that a dialogue is learned in an epoch; there are fewer English ones
SYSTEM_TEXTS = {
    "zh": ("你是客服助手。", "你是一个有礼貌的助手，请简短回答。", "请用中文回答。"),
    "en": ("You are a helpful assistant.", "You answer customers politely and briefly."),
}


@dataclass(frozen=True)
class Sequence:
    """Token ids and labels of equal length; labels are IGNORED wherever nothing is to be learned."""

    ids: list[int]
    labels: list[int]


def tokenizer_texts(exchanges: tuple[Exchange, ...]) -> list[str]:
    """All that people and models may learn to say: every reply of the train and dev parts, none of the test part."""
    learned = (e for e in exchanges if e.split != "test")
    return [text for e in learned for text in (e.customer, e.shop, e.teacher, e.bare, e.general)]


def dialogues(exchanges: tuple[Exchange, ...], split: str) -> list[list[Exchange]]:
    """The exchanges of one part by dialogue, in their order."""
    chosen = (exchange for exchange in exchanges if exchange.split == split)
    return [list(group) for _, group in groupby(chosen, key=lambda exchange: exchange.dialogue)]


@dataclass(frozen=True)
class Variation:
    """How far a dialogue is varied each time it is learned: shares in [0, 1]."""

    cut: float = 0.3  # begins at a later exchange
    joined: float = 0.15  # comes after the end of another dialogue
    clause: float = 0.4  # the question is a clause of any reply to it: more words for the same subject
    same_intent: float = 0.4  # the opening question gets the reply to another one of its intent
    shop_said: float = 0.3  # an earlier reply is the shop's own, which is read and not learned
    system: float = 0.1  # a system message comes first
    renumbered: float = 0.8  # long numbers get other digits


class SequenceMaker:
    """Makes training sequences of dialogues, different ones each time."""

    def __init__(
        self, train: list[list[Exchange]], tokenizer: PreTrainedTokenizerFast, variation: Variation, seed: int
    ):
        self.train, self.tokenizer, self.variation = train, tokenizer, variation
        self.rng = Random(seed)
        self.openings: dict[tuple[str, str], list[str]] = defaultdict(list)
        for first, *_ in train:
            self.openings[first.intent, first.language].append(first.general)

    def sequence(self, dialogue: list[Exchange]) -> Sequence:
        language = dialogue[0].language
        dialogue = self._extended(dialogue)
        by_shop = [self._happens("shop_said") and exchange is not dialogue[-1] for exchange in dialogue]
        questions = [self._question(exchange) for exchange in dialogue]
        replies = [e.shop if shop else self._reply(e) for e, shop in zip(dialogue, by_shop, strict=True)]
        texts = questions + replies
        if self._happens("renumbered"):
            texts = renumbered(texts, self.rng)
        pieces = [(SYSTEM, self.rng.choice(SYSTEM_TEXTS[language]), False)] if self._happens("system") else []
        for question, reply, shop in zip(texts[: len(dialogue)], texts[len(dialogue) :], by_shop, strict=True):
            pieces += [(CUSTOMER, question, False), (AGENT, reply, not shop)]
        return joined(pieces, self.tokenizer)

    def _happens(self, what: str) -> bool:
        return self.rng.random() < getattr(self.variation, what)

    def _extended(self, dialogue: list[Exchange]) -> list[Exchange]:
        if self._happens("cut"):
            dialogue = dialogue[self.rng.randrange(len(dialogue)) :]
        other = self.rng.choice(self.train)
        if self._happens("joined") and other[0].language == dialogue[0].language:
            return [*other[-2:], *dialogue]
        return dialogue

    def _question(self, exchange: Exchange) -> str:
        text = exchange.customer
        if self._happens("clause"):
            reply = self.rng.choice((exchange.shop, exchange.teacher, exchange.bare, exchange.bare))
            text = self.rng.choice([clause for clause in CLAUSE_ENDS.split(reply) if len(clause) > 3] or [text])
        return noisy(text, exchange.language, self.rng)

    def _reply(self, exchange: Exchange) -> str:
        if not exchange.history and self._happens("same_intent"):
            return self.rng.choice(self.openings[exchange.intent, exchange.language] or [exchange.general])
        return exchange.general


def reference_sequence(exchange: Exchange, tokenizer: PreTrainedTokenizerFast) -> Sequence:
    """The exchange as it was recorded, after the shop's own replies; only the general reply counts."""
    pieces = []
    for customer, shop in exchange.history:
        pieces += [(CUSTOMER, customer, False), (AGENT, shop, False)]
    return joined([*pieces, (CUSTOMER, exchange.customer, False), (AGENT, exchange.general, True)], tokenizer)


def joined(pieces: list[tuple[str, str, bool]], tokenizer: PreTrainedTokenizerFast) -> Sequence:
    ids, labels = [], []
    for role, text, learned in pieces:
        said = [*tokenizer.encode(text), tokenizer.convert_tokens_to_ids(END)]
        ids += [tokenizer.convert_tokens_to_ids(role), *said]
        labels += [IGNORED, *(said if learned else [IGNORED] * len(said))]
    return Sequence(ids, labels)


def batches(maker: SequenceMaker, size: int) -> Iterator[list[Sequence]]:
    """Batches without end; neighbours in length share a batch, so little is padded."""
    while True:
        epoch = [maker.sequence(dialogue) for dialogue in maker.train for _ in range(PASSES[dialogue[0].language])]
        maker.rng.shuffle(epoch)
        window = size * 8
        chunks = []
        for start in range(0, len(epoch), window):
            near = sorted(epoch[start : start + window], key=lambda sequence: len(sequence.ids))
            chunks += [near[i : i + size] for i in range(0, len(near), size)]
        maker.rng.shuffle(chunks)
        yield from chunks
