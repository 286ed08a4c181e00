"""The formats of exports. A new one is a module beside these and its line in FORMATS."""

from __future__ import annotations

from django.utils.translation import gettext as _

from review.exports.formats.base import Format
from review.exports.formats.label_studio import LabelStudio
from review.exports.formats.preferences import Preferences
from review.exports.formats.sft import Sft
from review.exports.formats.verdicts import VerdictsAsJson, VerdictsAsTable
from review.models import Round

FORMATS: dict[str, type[Format]] = {
    format_.name: format_ for format_ in (VerdictsAsJson, VerdictsAsTable, Sft, Preferences, LabelStudio)
}


def refusal(format_: type[Format], round_: Round) -> str:
    """Why the round cannot be exported so, in a sentence; empty where it can."""
    if format_.teaches and round_.purpose == Round.Purpose.MEASURE:
        return _(
            "This round reviews test dialogues, which models are measured by. They are not given out as training data, "
            "so it has no export for fine-tuning and no preference pairs."
        )
    return ""


def file_name(format_: type[Format], round_: Round) -> str:
    """Such as sft-round-3.jsonl."""
    return f"{format_.name.split('.')[0].replace('_', '-')}-round-{round_.pk}.{format_.ending}"
