"""Answers with a number that neither the conversation nor an entry of the memory has: often a wrong price or date."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from django.utils.translation import gettext_lazy as _

from dialogues.models import Turn, UsedEntry
from ecc_site.core.batching import batched
from ecc_site.watch.material.answers import AnswerMaterial, Answers
from ecc_site.watch.subjects.base import ANSWERS, Subject, Unit, Worse, flagged, share_among
from serving.runtimes.numbers import invented, numbers_in


def _inventing(material: AnswerMaterial, answers: Answers) -> np.ndarray:
    """Only of those that have a number is the conversation read."""
    flags = np.zeros(len(answers))
    suspects = [place for place, text in enumerate(answers.texts) if numbers_in(text)]
    for places in batched(suspects):
        said = _said_before(answers, list(places))
        for place in places:
            flags[place] = bool(invented(answers.texts[place], said[place]))
    return flags


def _said_before(answers: Answers, places: list[int]) -> dict[int, list[str]]:
    """By place, what its model could read: the conversation until then, and the entries that it used."""
    contexts = Turn.objects.filter(pk__in=answers.turns[places].tolist()).contexts()
    used = defaultdict(list)
    rows = UsedEntry.objects.filter(answer__in=answers.ends[places].tolist())
    for answer, text in rows.values_list("answer_id", "entry__text"):
        used[answer].append(text)
    return {
        place: [*(turn.text for turn in contexts.get(int(answers.turns[place]), [])), *used[int(answers.ends[place])]]
        for place in places
    }


SUBJECT = Subject(
    _("Answers with invented numbers"),
    ANSWERS,
    Unit.SHARE,
    Worse.ABOVE,
    0.05,
    share_among(_inventing),
    of_answers_alone=True,
    behind=flagged(_inventing),
)
