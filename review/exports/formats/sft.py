"""Conversations with the reply to learn, as OpenAI `messages`, for supervised fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from review.exports.formats.base import Record, TeachingFormat, reply
from review.exports.judged import Judged


class Sft(TeachingFormat):
    """One record a verdict that has a reply to learn: the conversation so far, and that reply.

    It is the correction where there is one, else the side that was preferred, where that is acceptable. In a tie it is
    the reference: both sides are acceptable, and a model learns nothing from its own answer. Where both are bad and
    nobody wrote a better reply there is no record. Several people's verdicts about one turn are several records.
    """

    name = "sft"
    label = _("fine-tuning, OpenAI messages")

    def records_of(self, judged: Judged, prompt: list[dict[str, str]]) -> Iterator[tuple[Record, Sequence[str]]]:
        text = _to_learn(judged)
        if text and prompt and prompt[-1]["role"] == "user":
            yield {"messages": [*prompt, reply(text)]}, [text]


def _to_learn(judged: Judged) -> str:
    """The reply, empty where there is none."""
    if correction := judged["correction"].strip():
        return correction
    side = {"end": "end", "reference": "reference", "tie": "reference"}.get(judged["preference"])
    return judged[f"{side}_answer"].strip() if side and judged[f"{side}_acceptable"] else ""
