"""Answers that remember: directly, with examples in the prompt, or the better of what is remembered and generated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from knowledge.retrieval.items import Found, Item, Note, Question
from knowledge.retrieval.memory import Memory
from knowledge.retrieval.notes import Notes
from serving.corpus import normalised
from serving.runtimes.numbers import invented
from serving.runtimes.protocol import Decoding, Message, Reply, Runtime

EXAMPLES = 2  # near items before the conversation; a third makes the small model worse
Fits = Callable[[Sequence[Message]], bool]


@dataclass(frozen=True)
class Thresholds:
    """They belong to a pair of scorers, and are calibrated on train and dev questions (calibration.py)."""

    sure: float  # sureness from which a remembered reply is given without asking the model
    conflict: float  # likeness of the replies to one question below which they contradict each other
    margin: float  # by which a generated reply must match the question better than a remembered one
    least: float  # fit below which a remembered reply is about something else
    example: float  # fit from which it is shown to the model; one that is about something else makes its reply worse


class Use(StrEnum):
    DIRECT = "direct"
    BETTER = "better"
    EXAMPLE = "example"
    NOTE = "note"


@dataclass(frozen=True)
class Used:
    """What of the memory an answer used."""

    id: int
    use: Use


@dataclass(frozen=True)
class Answered:
    """A reply, and what it used; a remembered one has `remembered` as its finish reason."""

    reply: Reply
    used: tuple[Used, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is to be done about a conversation: nothing but give `direct`, else ask a model and `choose`."""

    prompt: tuple[Message, ...]
    direct: Answered | None = None
    shown: tuple[Used, ...] = ()  # what of the memory is in the prompt
    choose: Callable[[Reply], Answered] = Answered  # between the model's reply and a remembered one


def answer_batch(runtime: Runtime, plans: Sequence[Plan], decoding: Decoding) -> list[Answered]:
    """The answers in the order of the plans; the model is asked once, with the prompts of those that need it."""
    asked = [plan.prompt for plan in plans if plan.direct is None]
    replies = iter(runtime.reply_batch(asked, decoding) if asked else [])
    return [plan.direct or plan.choose(next(replies)) for plan in plans]


@dataclass
class Remembering:
    """Plans answers with a memory."""

    memory: Memory
    notes: Notes
    thresholds: Thresholds

    def plan(
        self, conversation: Sequence[Message], *, origin: str | None = None, leaves: bool = False, fits: Fits
    ) -> Plan:
        """What to do about the last customer turn.

        With the `origin` of a conversation that is evaluated, what was learned from it or from the same question is
        hidden. `fits` says whether a prompt is within the model's limits: nothing of the conversation is cut for what
        is shown before it. Where the prompt `leaves` the shop, nothing that never leaves is in it.
        """
        question = Question.of(conversation)
        hidden = set() if origin is None else self.memory.hidden_for(question, origin)
        said = {normalised(message.text) for message in conversation if message.role == "agent"}
        found = [hit for hit in self.memory.find(question, hidden) if normalised(hit.item.reply) not in said]
        best = self._same(question, found) or (found[0] if found else None)
        direct = _remembered(best, Use.DIRECT) if best and self._is_sure(question, best, found) else None
        prompt, shown = self._prompt(conversation, self.notes.of(question), found, leaves, fits)
        return Plan(tuple(prompt), direct, shown, partial(self._choose, question, best, prompt, shown))

    def _prompt(
        self, conversation: Sequence[Message], notes: Sequence[Note], found: Sequence[Found], leaves: bool, fits: Fits
    ) -> tuple[Sequence[Message], tuple[Used, ...]]:
        """The conversation behind what fits before it, and what that is."""
        prompt = conversation
        shown: list[Used] = []
        near = [hit for hit in found if hit.fit >= self.thresholds.example]
        nearest = sorted(near, key=lambda hit: -hit.fit)[:EXAMPLES]
        additions: list[tuple[Note | Item, Use, Callable[[Sequence[Message]], list[Message]]]] = [
            *((note, Use.NOTE, partial(_with_note, note)) for note in notes),
            *((example.item, Use.EXAMPLE, partial(_with_example, example)) for example in nearest),
        ]
        for remembered, use, added in additions:
            longer = added(prompt)
            if not (leaves and remembered.stays) and fits(longer):
                prompt = longer
                shown.append(Used(remembered.id, use))
        return prompt, tuple(shown)

    def _choose(
        self, question: Question, best: Found | None, prompt: Sequence[Message], shown: tuple[Used, ...], reply: Reply
    ) -> Answered:
        """The generated reply, or the remembered one where that matches the question about as well.

        A generated one with a number that nobody has said is never the better one.
        """
        if best is None or best.fit < self.thresholds.least:
            return Answered(reply, shown)
        if invented(reply.text, [message.text for message in prompt]):
            return _remembered(best, Use.BETTER, reply)
        generated = float(self.memory.match.score([question.text], [reply.text])[0])
        if generated > best.match + self.thresholds.margin:
            return Answered(reply, shown)
        return _remembered(best, Use.BETTER, reply)

    def _same(self, question: Question, found: Sequence[Found]) -> Found | None:
        """The item with this very question; of several, the newest."""
        same = self.memory.same(question)
        return max((hit for hit in found if hit.item.id in same), key=lambda hit: hit.item.id, default=None)

    def _is_sure(self, question: Question, best: Found, found: Sequence[Found]) -> bool:
        """Whether the question is the same and nothing contradicts its reply, or the memory is sure of its first."""
        same = self.memory.same(question)
        if best.item.id not in same:
            return self.memory.sureness(question, found) >= self.thresholds.sure
        replies = [hit.item.reply for hit in found if hit.item.id in same]
        return all(self.memory.likeness(best.item.reply, reply) >= self.thresholds.conflict for reply in replies)


def _with_note(note: Note, prompt: Sequence[Message]) -> list[Message]:
    return [Message("system", note.text), *prompt]


def _with_example(example: Found, prompt: Sequence[Message]) -> list[Message]:
    """The example as a turn before the conversation and before other examples, behind the system's messages."""
    first = next(i for i, message in enumerate(prompt) if message.role != "system")
    turns = [Message("customer", example.question.text), Message("agent", example.item.reply)]
    return [*prompt[:first], *turns, *prompt[first:]]


def _remembered(best: Found, use: Use, generated: Reply | None = None) -> Answered:
    spent = generated or Reply("", 0.0)
    reply = Reply(best.item.reply, spent.latency_ms, spent.tokens_in, spent.tokens_out, "remembered")
    return Answered(reply, (Used(best.item.id, use),))
