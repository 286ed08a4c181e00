"""What a run learns: labels, agent replies and replay as examples, without what a test dialogue has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from dialogues.answering import messages_of
from dialogues.held_out import HeldOutReplies
from dialogues.models import Answer, Dataset, Turn
from ecc_site.core.batching import batched
from ecc_site.core.jobs import JobError
from serving.models import Version
from serving.runtimes.protocol import Message
from training.labels.from_corpus import store_corpus_labels
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label
from training.labels.paraphrases import wordings_by_label
from training.labels.querysets import LabelQuerySet
from training.ml.examples import Example
from training.runs.models import Run
from training.runs.remembered import remembering

NOTHING_TO_LEARN = "There is nothing to learn: correct some answers, or choose another data mix."
DEV_AT_MOST = 100  # examples; a dev loss over more would cost more than it tells
Replies = list[tuple[int, str]]  # (turn id, text)


class NothingToLearn(JobError):
    """The chosen mix has no example, or none but replay of a run that is to learn from people."""


@dataclass
class RunExamples:
    """The examples of a run, and the fields of DataReport that count them."""

    train: list[Example] = field(default_factory=list)
    dev: list[Example] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    in_test: dict[str, int] = field(default_factory=dict)
    turns_shared_with_test: int = 0
    repeats: int = 1
    replies: Replies = field(default_factory=list)  # what `train` was made of, each once

    @property
    def counts(self) -> dict[str, Any]:
        """The fields of DataReport by name."""
        names = ("taken", "in_test", "turns_shared_with_test", "repeats")
        return {name: getattr(self, name) for name in names} | {"dev": len(self.dev)}

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is learned, in its order, as 64 hexadecimal digits."""
        learned = [[[m.role, m.text] for m in e.messages] + [e.reply, e.source] for e in self.train]
        return hashlib.sha256(json.dumps(learned, ensure_ascii=False).encode()).hexdigest()


def build_examples(run: Run, *, sync: bool = True) -> RunExamples:
    """The examples of a run, the same for the same database and seed. Test dialogues never get in (invariant 4).

    Labels are first synced with the verdicts, unless `sync` is off: a run did so when it fixed what it learns.
    """
    if sync:
        sync_labels(run.dataset)
    rng = Random(run.parameters["seed"])
    candidates = {source: pick(run, rng) for source, pick in SOURCES.items() if run.mix.get(source)}
    result = RunExamples(dev=_examples("dev", _without_test_pairs(_dev_replies(run, rng))[0]))
    made: dict[str, list[Example]] = {}
    for source, replies in _one_reply_per_turn(candidates, _turns_left_out(run)).items():
        allowed, asked_too = _without_test_pairs(replies)
        made[source] = _from_people(run, allowed) if source == Label.Source.PERSON else _examples(source, allowed)
        result.replies += allowed
        result.turns_shared_with_test += asked_too
        result.in_test[source] = len(replies) - len(allowed)
    result.repeats = _balance(run, made, rng)
    for source, examples in made.items():
        result.train += examples * (result.repeats if source == Label.Source.PERSON else 1)
        result.taken[source] = len(examples)
    return result


def _balance(run: Run, made: dict[str, list[Example]], rng: Random) -> int:
    """Bring replay to its share of a pass, if the run has one; returns how often people's examples are in a pass.

    They are repeated where there is enough to replay, since many different replayed answers keep the base best from
    forgetting; else there is less replay.
    """
    people, replay = len(made.get(Label.Source.PERSON, ())), len(made.get("replay", ()))
    if run.replay_share is None or not people or not replay:
        return run.repeats
    per_person = run.replay_share / (1 - run.replay_share)
    repeats = max(1, round(replay / (people * per_person)))
    made["replay"] = rng.sample(made["replay"], min(replay, round(people * repeats * per_person)))
    return repeats


def _from_people(run: Run, replies: Replies) -> list[Example]:
    """Examples of what people said: in all wordings of the question, and with the memory read as serving reads it."""
    by_turn = wordings_of(run)
    original = list(zip([turn for turn, _ in replies], _examples(Label.Source.PERSON, replies), strict=True))
    reworded = [(turn, _reworded(example, text)) for turn, example in original for text in by_turn.get(turn, ())]
    return remembering(run, [*original, *reworded])


def _reworded(example: Example, question: str) -> Example:
    messages = (*example.messages[:-1], Message("customer", question))
    return replace(example, messages=messages, id=f"{example.id} reworded")


def _turns_left_out(run: Run) -> set[int]:
    """Turns whose reply a person has left out: nothing else is learned for them either."""
    return set(Label.objects.filter(pk__in=run.left_out).values_list("turn_id", flat=True))


def wordings_of(run: Run) -> dict[int, list[str]]:
    """The other wordings in which a run learns the questions by people, by turn."""
    if not run.wordings:
        return {}
    turn_of = dict(labels_of(run).values_list("pk", "turn_id"))
    wordings = wordings_by_label(labels_of(run), run.drawn_up_to.get("paraphrase"))
    return {turn_of[label]: texts[: run.wordings] for label, texts in wordings.items()}


def labels_of(run: Run) -> LabelQuerySet:
    """The labels by people that a run learns, or would learn if it was started now."""
    if run.learned is not None:
        return Label.objects.filter(pk__in=run.learned)
    labels = Label.objects.taught(run.dataset).order_by("-id")
    chosen = labels.values_list("pk", flat=True)[: run.mix.get(Label.Source.PERSON, 0)]
    return Label.objects.filter(pk__in=set(chosen) - set(run.left_out))


def _labels_by_people(run: Run, rng: Random) -> Replies:
    return list(labels_of(run).order_by("-id").values_list("turn_id", "text"))


def _newest_labels(source: str) -> Callable[[Run, Random], Replies]:
    def pick(run: Run, rng: Random) -> Replies:
        labels = _chosen(run).filter(dataset=run.dataset, source=source, split="train").order_by("-id")
        return list(labels.values_list("turn_id", "text")[: run.mix[source]])

    return pick


def _chosen(run: Run) -> LabelQuerySet:
    """The labels that are chosen; once it has started, those that were by then."""
    newest = run.drawn_up_to.get("label")
    return Label.objects.chosen() if newest is None else Label.objects.chosen_up_to(newest)


def _there(run: Run, answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """These answers; once it has started, those that were there by then."""
    newest = run.drawn_up_to.get("answer")
    return answers if newest is None else answers.filter(pk__lte=newest)


def _agent_replies(run: Run, rng: Random) -> Replies:
    """What human agents said. Each becomes a label, which people can read, and reject for the next run."""
    rejected = Label.objects.filter(turn=OuterRef("turn"), source=Label.Source.CORPUS, rejected=True)
    replies = _sample(run, rng, "corpus", _learnable(run.dataset).filter(~Exists(rejected), source="human"))
    store_corpus_labels(run.dataset, replies)
    return replies


def _replay(run: Run, rng: Random) -> Replies:
    return _sample(run, rng, "replay", replayable(run.dataset, run.base))


def replayable(dataset: Dataset, base: Version) -> QuerySet[Answer]:
    """What the base itself answered on the train split: learning it again keeps the base from forgetting."""
    return _learnable(dataset).filter(source="model", version=base)


def _learnable(dataset: Dataset) -> QuerySet[Answer]:
    return Answer.objects.filter(turn__dialogue__dataset=dataset, turn__dialogue__split="train").exclude(text="")


def _sample(run: Run, rng: Random, source: str, answers: QuerySet[Answer]) -> Replies:
    """A random sample of the answers, as large as the run's mix allows for the source."""
    ids = list(_there(run, answers).order_by("id").values_list("pk", flat=True))
    drawn = sorted(rng.sample(ids, min(run.mix[source], len(ids))))
    said = (Answer.objects.filter(pk__in=batch).order_by("id") for batch in batched(drawn))
    return [reply for answers in said for reply in answers.values_list("turn_id", "text")]


SOURCES = {
    "person": _labels_by_people,
    "teacher": _newest_labels("teacher"),
    "corpus": _agent_replies,
    "replay": _replay,
}


def _one_reply_per_turn(by_source: dict[str, Replies], left_out: set[int]) -> dict[str, Replies]:
    """An earlier source wins: a turn that a person has labelled is learned from nobody else."""
    seen = set(left_out)
    remaining = {}
    for source, replies in by_source.items():
        remaining[source] = [(turn, text) for turn, text in replies if turn not in seen]
        seen.update(turn for turn, _ in remaining[source])
    return remaining


def _without_test_pairs(replies: Replies) -> tuple[Replies, int]:
    """Without the pairs that a test dialogue has; and of how many of the rest one asks the question, too."""
    asked = (Turn.objects.filter(pk__in=batch) for batch in batched([turn for turn, _ in replies]))
    questions = {turn: text for turns in asked for turn, text in turns.values_list("pk", "text")}
    held_out = HeldOutReplies(questions.values())
    allowed = [(turn, text) for turn, text in replies if not held_out.has(questions[turn], text)]
    return allowed, sum(held_out.asks(questions[turn]) for turn, _ in allowed)


def _dev_replies(run: Run, rng: Random) -> Replies:
    """A sample of the dev split's chosen labels; where there are none, of what the human agents said there."""
    labels = _chosen(run).filter(dataset=run.dataset, split="dev").order_by("id")
    replies = list(labels.values_list("turn_id", "text"))
    if not replies:
        human = Answer.objects.filter(turn__dialogue__dataset=run.dataset, turn__dialogue__split="dev", source="human")
        replies = list(_there(run, human).exclude(text="").order_by("id").values_list("turn_id", "text"))
    return rng.sample(replies, min(DEV_AT_MOST, len(replies)))


def _examples(source: str, replies: Replies) -> list[Example]:
    return [example for batch in batched(replies) for example in _with_conversations(source, batch)]


def _with_conversations(source: str, replies: Sequence[tuple[int, str]]) -> list[Example]:
    contexts = Turn.objects.filter(pk__in=[turn for turn, _ in replies]).contexts()
    return [
        Example(messages=tuple(messages_of(contexts[turn])), reply=text, source=source, id=f"turn-{turn}")
        for turn, text in replies
    ]
