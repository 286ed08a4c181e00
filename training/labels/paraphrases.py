"""Other wordings of the questions that labels answer, by the teacher: a small set is learned better in many words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from dialogues.answering import messages_of
from dialogues.held_out import asked_in_test
from dialogues.models import Dialogue, Turn, text_hash
from ecc_site.core.bulk import with_existing
from knowledge import scorers
from knowledge.models import Clock
from serving import budget, gateway
from serving.models import Version
from serving.question import NeverLeaves
from serving.runtimes.numbers import invented
from serving.runtimes.paraphrasing import paraphrase_request, paraphrases_in
from serving.runtimes.protocol import CloudProblem, Decoding, Message
from training.labels.models import Label, Paraphrase
from training.labels.prompt import newest_that_fit
from training.labels.querysets import LabelQuerySet
from training.labels.teacher import STOPS

DECODING = Decoding(max_new_tokens=1024)


@dataclass(frozen=True)
class Cost:
    """About what it takes to ask about all labels; `kept_here` of them never leave and are not asked about."""

    calls: int
    tokens: int
    kept_here: int


def cost_of(labels: LabelQuerySet, teacher: Version, count: int) -> Cost:
    """With the longest replies, but without the conversations before the questions."""
    asked = labels.not_paraphrased_by(teacher).values_list("turn__text", flat=True)
    prompt = sum(len(message.text) for message in paraphrase_request([], count))
    tokens = sum(budget.estimate(prompt + len(text), DECODING.max_new_tokens) for text in asked)
    return Cost(len(asked), tokens, labels.count() - labels.may_leave().count())


def paraphrase(
    labels: LabelQuerySet,
    teacher: Version,
    count: int,
    *,
    report: Callable[[int, int], Any] = lambda done, total: None,
    check: Callable[[], Any] | None = None,
) -> Counter[str]:
    """Have the teacher put the questions in `count` other wordings each, and store them.

    A second call asks only about labels that got none. `report` is told before each label how many of how many are
    done; `check` is called every second while the teacher is waited for. Both end the work by raising. Returns why
    labels got none, as reasons of labels.teacher.REASONS, and how many.
    Raises MemoryUnavailable where the similarity scorer cannot be used.
    """
    asked = list(labels.not_paraphrased_by(teacher).select_related("turn__dialogue").order_by("id"))
    contexts = Turn.objects.filter(pk__in=[label.turn_id for label in asked]).contexts()
    unanswered: Counter[str] = Counter()
    for done, label in enumerate(asked):
        report(done, len(asked))
        try:
            _ask(label, teacher, messages_of(newest_that_fit(contexts[label.turn_id])), count, check)
        except NeverLeaves:
            unanswered["never_leaves"] += 1
        except CloudProblem as problem:
            unanswered[problem.outcome] += 1
            if problem.for_good:
                unanswered["for_good"] += len(asked) - done - 1
                break
        except tuple(STOPS) as stop:
            unanswered[STOPS[type(stop)]] += len(asked) - done
            break
    report(len(asked), len(asked))
    return unanswered


def _ask(
    label: Label, teacher: Version, conversation: list[Message], count: int, check: Callable[[], Any] | None
) -> None:
    answer = gateway.ask(
        teacher,
        paraphrase_request(conversation, count),
        purpose="paraphrase",
        may_leave=lambda: Dialogue.objects.all_may_leave([label.turn.dialogue_id]),
        about=label.turn.as_subject,
        decoding=DECODING,
        reuse=True,
        check=check,
    )
    said = [message.text for message in conversation]
    texts = [text for text in paraphrases_in(answer.reply.text, said[-1]) if not invented(text, said)]
    held_out = asked_in_test(texts)
    texts = [text for text in texts if text not in held_out][:count]
    similarities = _similarities(said[-1], texts)
    rows = [
        Paraphrase(
            label=label,
            teacher=teacher,
            cloud_call=answer.call,
            text=text,
            text_hash=text_hash(text),
            similarity=similarity,
        )
        for text, similarity in zip(texts, similarities, strict=True)
    ]
    with transaction.atomic():
        Paraphrase.objects.bulk_create(with_existing(rows, "label"), ignore_conflicts=True)


def _similarities(question: str, texts: list[str]) -> list[float]:
    if not texts:
        return []
    vectors = scorers.configured().similarity.encoder.encode([question, *texts])
    return [float(value) for value in np.clip(vectors[1:] @ vectors[0], 0, 1)]


def wordings_by_label(labels: LabelQuerySet, newest: int | None = None) -> dict[int, list[str]]:
    """Those that mean the same, by the id of their label, but none that a test dialogue asks, answered or not.

    The dialogue may have been imported since they were written. Where an id of a paraphrase is given, those up to it.
    """
    usable = Paraphrase.objects.usable().filter(label__in=labels)
    found = (usable if newest is None else usable.filter(pk__lte=newest)).by_label()
    held_out = asked_in_test([text for texts in found.values() for text in texts])
    return {label: [text for text in texts if text not in held_out] for label, texts in found.items()}


@transaction.atomic
def remember_paraphrases(labels: LabelQuerySet, by: Any) -> int:
    """Give the entries that answer the same questions the new wordings as well; returns how many entries changed.

    A wording that an entry has had, and that somebody has taken out, does not come back.
    """
    Clock.hold()  # what is read here of entries and labels is not erased before it is written
    wordings = wordings_by_label(labels)
    changed = 0
    for label in labels.filter(pk__in=wordings).select_related("entry", "revision__verdict__entry").order_by("id"):
        entry = label.active_entry
        if entry is None:
            continue
        had = entry.revisions.questions()
        new = [text for text in wordings[label.pk] if text not in had]
        if new:
            known = entry.wordings.values_list("text", flat=True)
            entry.change(by=by, reason="other wordings by the teacher", wordings=[*known, *new])
            changed += 1
    return changed
