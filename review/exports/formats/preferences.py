"""Pairs of a better and a worse reply in TRL's conversational format, for DPO and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from review.exports.formats.base import Record, TeachingFormat, reply
from review.exports.judged import Judged

SIDES = {"end": ("end", "reference"), "reference": ("reference", "end")}  # preference: (better, worse)


class Preferences(TeachingFormat):
    """`prompt`, `chosen` and `rejected`, each a list of messages.

    A correction is chosen over both answers, which makes two pairs. Without one, the preferred side is chosen over the
    other; a tie, or both bad, makes no pair. Nor do equal texts or an empty one.
    """

    name = "preferences"
    label = _("preference pairs, TRL")

    def records_of(self, judged: Judged, prompt: list[dict[str, str]]) -> Iterator[tuple[Record, Sequence[str]]]:
        if not prompt or prompt[-1]["role"] != "user":
            return
        for chosen, rejected in dict.fromkeys(_pairs(judged)):
            if chosen and rejected and chosen != rejected:
                record = {"prompt": prompt, "chosen": [reply(chosen)], "rejected": [reply(rejected)]}
                yield record, [chosen, rejected]


def _pairs(judged: Judged) -> Iterator[tuple[str, str]]:
    """(better, worse)"""
    if correction := judged["correction"].strip():
        yield correction, judged["end_answer"].strip()
        yield correction, judged["reference_answer"].strip()
    elif judged["preference"] in SIDES:
        better, worse = SIDES[judged["preference"]]
        yield judged[f"{better}_answer"].strip(), judged[f"{worse}_answer"].strip()
