"""Conversations that the end model learns from: the train part of the corpus, in the voice that is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from random import Random

from transformers import PreTrainedTokenizerFast

from serving.corpus import Exchange
from serving.embedded.end_model import AGENT, CUSTOMER, END, SYSTEM
from serving.embedded.noise import noisy, renumbered
from serving.embedded.voices import GENERAL, SYSTEM_TEXTS
from serving.runtimes.numbers import Numbers, numbers_in, slots_of

CLAUSE_ENDS = re.compile(r"[，。！？；：,.!?;:]|\d\. ?")
IGNORED = -100  # a label that the loss ignores
Near = Mapping[tuple[str, str], tuple[Exchange, ...]]  # (dialogue, question): the nearest others, nearest first
OTHER_VOICES = tuple(voice for voice in SYSTEM_TEXTS if voice != GENERAL)


@dataclass(frozen=True)
class Sequence:
    """Token ids and labels of equal length; labels are IGNORED where nothing is learned."""

    ids: list[int]
    labels: list[int]


def tokenizer_texts(exchanges: tuple[Exchange, ...]) -> list[str]:
    """Every text that customers or models may produce: wordings and replies of the train and dev parts, not of test."""
    learned = (e for e in exchanges if e.split != "test")
    texts = [text for e in learned for text in (*e.wordings, e.shop, e.teacher, e.bare, e.general)]
    return texts + [text for voice in SYSTEM_TEXTS.values() for wordings in voice.values() for text in wordings]


def dialogues(exchanges: tuple[Exchange, ...], split: str) -> list[list[Exchange]]:
    """The exchanges of one part by dialogue, in their order."""
    chosen = (exchange for exchange in exchanges if exchange.split == split)
    return [list(group) for _, group in groupby(chosen, key=lambda exchange: exchange.dialogue)]


@dataclass(frozen=True)
class Variation:
    """How often a dialogue is learned in an epoch, and how it is varied each time: shares in [0, 1]."""

    english_passes: int = 3  # English dialogues are fewer, and their replies have more tokens
    told: float = 0.4  # in a voice other than the general one
    cut: float = 0.3  # begins at a later exchange
    joined: float = 0.15  # comes after the end of another dialogue
    clause: float = 0.1  # the question is a clause of a reply to it: more words for the same subject
    same_intent: float = 0.1  # the opening question gets the general reply to another question of its intent
    shop_said: float = 0.3  # in the general voice: an earlier reply is the shop's own, which is context and not learned
    system: float = 0.15  # in the general voice: a system message comes first
    renumbered: float = 0.8  # long numbers get other digits
    remembered: float = 0.35  # comes after remembered questions with the teacher's replies, and gets the teacher's
    misleading: float = 0.2  # of the remembered questions, those that have nothing to do with it
    most_remembered: int = 2


class SequenceMaker:
    """Makes training sequences from dialogues, different ones each time."""

    def __init__(
        self,
        train: list[list[Exchange]],
        tokenizer: PreTrainedTokenizerFast,
        variation: Variation,
        seed: int,
        near: Near | None = None,
    ):
        self.train, self.tokenizer, self.variation, self.near = train, tokenizer, variation, near or {}
        self.rng = Random(seed)
        self.openings: dict[tuple[str, str], list[str]] = defaultdict(list)
        for first, *_ in train:
            self.openings[first.intent, first.language].append(first.general)

    def epoch(self) -> list[Sequence]:
        """Every dialogue once, English ones `english_passes` times, in random order."""
        passes = {"zh": 1, "en": self.variation.english_passes}
        found = [self.sequence(dialogue) for dialogue in self.train for _ in range(passes[dialogue[0].language])]
        self.rng.shuffle(found)
        return found

    def sequence(self, dialogue: list[Exchange]) -> Sequence:
        if self.near and self._happens("remembered"):
            return self._remembering(dialogue)
        voice = self.rng.choice(OTHER_VOICES) if self._happens("told") else GENERAL
        is_general, language = voice == GENERAL, dialogue[0].language
        dialogue = self._extended(dialogue)
        by_shop = [is_general and e is not dialogue[-1] and self._happens("shop_said") for e in dialogue]
        questions = [self._question(exchange) for exchange in dialogue]
        replies = [e.shop if shop else self._reply(e, voice) for e, shop in zip(dialogue, by_shop, strict=True)]
        texts = questions + replies
        if self._happens("renumbered"):
            texts = renumbered(texts, self.rng)
        is_asked = not is_general or self._happens("system")
        pieces = [(SYSTEM, self.rng.choice(SYSTEM_TEXTS[voice][language]), False)] if is_asked else []
        for question, reply, shop in zip(texts[: len(dialogue)], texts[len(dialogue) :], by_shop, strict=True):
            pieces += [(CUSTOMER, question, False), (AGENT, reply, not shop)]
        return joined(pieces, self.tokenizer, self.rng)

    def _remembering(self, dialogue: list[Exchange]) -> Sequence:
        """One of the exchanges after remembered ones, the nearest last, and after what was said before it."""
        asked = self.rng.choice(dialogue)
        pairs = [(self.rng.choice(other.wordings), other.teacher) for other in self._remembered(asked)]
        pairs += list(asked.history)
        texts = [text for pair in pairs for text in pair] + [self._question(asked), asked.teacher]
        if self._happens("renumbered"):
            texts = renumbered(texts, self.rng)
        roles = [CUSTOMER, AGENT] * (len(texts) // 2)
        pieces = [(role, text, i == len(texts) - 1) for i, (role, text) in enumerate(zip(roles, texts, strict=True))]
        return joined(pieces, self.tokenizer, self.rng)

    def _remembered(self, asked: Exchange) -> list[Exchange]:
        near = self.near.get((asked.dialogue, asked.customer), ())
        count = min(len(near), self.rng.randint(1, self.variation.most_remembered))
        chosen = sorted(self.rng.sample(range(min(len(near), 2 * count)), count), reverse=True)
        return [self._another(asked) if self._happens("misleading") else near[i] for i in chosen]

    def _another(self, asked: Exchange) -> Exchange:
        while True:
            other = self.rng.choice(self.rng.choice(self.train))
            if other.language == asked.language and other.dialogue != asked.dialogue:
                return other

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
        text = self.rng.choice(exchange.wordings)
        if self._happens("clause"):
            reply = self.rng.choice((exchange.shop, exchange.teacher, exchange.bare, exchange.bare))
            text = self.rng.choice([clause for clause in CLAUSE_ENDS.split(reply) if len(clause) > 3] or [text])
        return noisy(text, exchange.language, self.rng)

    def _reply(self, exchange: Exchange, voice: str) -> str:
        if voice == GENERAL and not exchange.history and self._happens("same_intent"):
            return self.rng.choice(self.openings[exchange.intent, exchange.language] or [exchange.general])
        return getattr(exchange, voice)


def reference_sequence(exchange: Exchange, tokenizer: PreTrainedTokenizerFast) -> Sequence:
    """The exchange as recorded, after the shop's own replies; only the general reply counts."""
    pieces = []
    for customer, shop in exchange.history:
        pieces += [(CUSTOMER, customer, False), (AGENT, shop, False)]
    return joined([*pieces, (CUSTOMER, exchange.customer, False), (AGENT, exchange.general, True)], tokenizer)


def joined(
    pieces: list[tuple[str, str, bool]], tokenizer: PreTrainedTokenizerFast, rng: Random | None = None
) -> Sequence:
    """The pieces one after another; with `rng` each number gets any slot, so that all slots are learned.

    A number of a reply that nobody has said before is learned as it is written.
    """
    slots = list(slots_of(tokenizer))
    if rng:
        rng.shuffle(slots)
    numbers = Numbers([], [])
    ids, labels = [], []
    for role, text, learned in pieces:
        if not learned:
            new = [number for number in numbers_in(text) if number not in numbers.slot_of]
            numbers.slot_of |= {number: slots.pop() for number in dict.fromkeys(new) if slots}
        tokens = [*numbers.encode(text, tokenizer.encode), tokenizer.convert_tokens_to_ids(END)]
        ids += [tokenizer.convert_tokens_to_ids(role), *tokens]
        labels += [IGNORED, *(tokens if learned else [IGNORED] * len(tokens))]
    return Sequence(ids, labels)


def batches(maker: SequenceMaker, size: int) -> Iterator[list[Sequence]]:
    """Endless batches; sequences of similar length share a batch, so little is padded."""
    while True:
        epoch = maker.epoch()
        window = size * 8
        chunks = []
        for start in range(0, len(epoch), window):
            near = sorted(epoch[start : start + window], key=lambda sequence: len(sequence.ids))
            chunks += [near[i : i + size] for i in range(0, len(near), size)]
        maker.rng.shuffle(chunks)
        yield from chunks
