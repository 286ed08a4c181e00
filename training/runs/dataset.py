"""What a run learns: labels, agent replies and replay, as examples; and what the invariants keep out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from random import Random

from django.db.models import Exists, OuterRef, QuerySet

from dialogues.answering import messages_of
from dialogues.held_out import HeldOutReplies
from dialogues.models import Answer, Dataset, Turn
from serving.models import Version
from training.labels.from_corpus import keep_agent_replies
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label
from training.ml.examples import Example
from training.runs.models import Run

NOTHING_TO_LEARN = "There is nothing to learn: correct some answers, or choose another data mix."
DEV_AT_MOST = 100  # a dev loss over more would cost more than it tells


@dataclass
class Built:
    """Examples of a run, and the counts that its page shows: those fields of DataReport."""

    train: list[Example] = field(default_factory=list)
    dev: list[Example] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    in_test: dict[str, int] = field(default_factory=dict)
    turns_shared_with_test: int = 0

    @property
    def counts(self) -> dict:
        names = ("taken", "in_test", "turns_shared_with_test")
        return {name: getattr(self, name) for name in names} | {"dev": len(self.dev)}

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is learned, in its order."""
        learned = [[[m.role, m.text] for m in e.messages] + [e.reply, e.source] for e in self.train]
        return hashlib.sha256(json.dumps(learned, ensure_ascii=False).encode()).hexdigest()


def build(run: Run, *, sync: bool = True) -> Built:
    """The examples of a run, the same for the same database and seed. Test dialogues never get in (invariant 4).

    Labels follow the verdicts first, except where `sync` is off: a run that resumes needs the data that it began with.
    """
    if sync:
        sync_labels(run.dataset)
    rng = Random(run.parameters["seed"])
    replies = {source: pick(run, rng) for source, pick in SOURCES.items() if run.mix.get(source)}
    built = Built(dev=_examples("dev", _dev_replies(run, rng)))
    for source, pairs in _one_reply_a_turn(replies).items():
        kept = _without_held_out(pairs, built)
        built.train += _examples(source, kept) * (run.repeats if source == Label.Source.PERSON else 1)
        built.taken[source], built.in_test[source] = len(kept), len(pairs) - len(kept)
    return built


def _labels(source: str):
    def pick(run: Run, rng: Random) -> list[tuple[int, str]]:
        labels = Label.objects.chosen().filter(dataset=run.dataset, source=source, split="train").order_by("-id")
        return list(labels.values_list("turn_id", "text")[: run.mix[source]])

    return pick


def _agent_replies(run: Run, rng: Random) -> list[tuple[int, str]]:
    """What human agents said. Each becomes a label that can be read, and rejected for the next run."""
    refused = Label.objects.filter(turn=OuterRef("turn"), source=Label.Source.CORPUS, rejected=True)
    pairs = _sample(run, rng, "corpus", _learnable(run.dataset).filter(~Exists(refused), source="human"))
    keep_agent_replies(run.dataset, pairs)
    return pairs


def _replay(run: Run, rng: Random) -> list[tuple[int, str]]:
    return _sample(run, rng, "replay", replayable(run.dataset, run.base))


def replayable(dataset: Dataset, base: Version) -> QuerySet[Answer]:
    """What the base said itself to the train split, against forgetting."""
    return _learnable(dataset).filter(source="model", version=base)


def _learnable(dataset: Dataset) -> QuerySet[Answer]:
    return Answer.objects.filter(turn__dialogue__dataset=dataset, turn__dialogue__split="train").exclude(text="")


def _sample(run: Run, rng: Random, source: str, answers: QuerySet[Answer]) -> list[tuple[int, str]]:
    """As many of the answers as the mix takes of the source, by the run's seed."""
    ids = list(answers.order_by("id").values_list("pk", flat=True))
    drawn = rng.sample(ids, min(run.mix[source], len(ids)))
    return list(Answer.objects.filter(pk__in=drawn).order_by("id").values_list("turn_id", "text"))


SOURCES = {
    "person": _labels("person"),
    "teacher": _labels("teacher"),
    "corpus": _agent_replies,
    "replay": _replay,
}


def _one_reply_a_turn(replies: dict[str, list[tuple[int, str]]]) -> dict[str, list[tuple[int, str]]]:
    """An earlier source wins: a turn that a person has labelled is not learned from anybody else."""
    seen: set[int] = set()
    left = {}
    for source, pairs in replies.items():
        left[source] = [(turn, text) for turn, text in pairs if turn not in seen]
        seen.update(turn for turn, _ in left[source])
    return left


def _without_held_out(pairs: list[tuple[int, str]], built: Built) -> list[tuple[int, str]]:
    """Without the pairs that a test dialogue has; counts the questions that one shares with another reply."""
    asked = dict(Turn.objects.filter(pk__in=[turn for turn, _ in pairs]).values_list("pk", "text"))
    held_out = HeldOutReplies(asked.values())
    kept = [(turn, text) for turn, text in pairs if not held_out.has(asked[turn], text)]
    built.turns_shared_with_test += sum(held_out.asks(asked[turn]) for turn, _ in kept)
    return kept


def _dev_replies(run: Run, rng: Random) -> list[tuple[int, str]]:
    """Chosen labels of the dev split; where there are none, what the human agents said there."""
    labels = Label.objects.chosen().filter(dataset=run.dataset, split="dev").order_by("id")
    pairs = list(labels.values_list("turn_id", "text"))
    if not pairs:
        human = Answer.objects.filter(turn__dialogue__dataset=run.dataset, turn__dialogue__split="dev", source="human")
        pairs = list(human.exclude(text="").order_by("id").values_list("turn_id", "text"))
    return rng.sample(pairs, min(DEV_AT_MOST, len(pairs)))


def _examples(source: str, pairs: list[tuple[int, str]]) -> list[Example]:
    contexts = Turn.objects.filter(pk__in=[turn for turn, _ in pairs]).contexts()
    return [
        Example(messages=tuple(messages_of(contexts[turn])), reply=text, source=source, id=f"turn-{turn}")
        for turn, text in pairs
    ]
