"""What the page of a run says about its data and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from training.labels.models import Label
from training.ml import presets
from training.ml.settings import BadSettings, TrainingSettings
from training.runs.models import Run


@dataclass(frozen=True)
class Part:
    """One source of a run's data; each example is learned `times` times a pass.

    `tokens` and `share` (of the learned tokens, 0 to 1) are None until the data is encoded.
    """

    source: str
    examples: int
    times: int
    tokens: int | None
    share: float | None


@dataclass(frozen=True)
class Setting:
    """One parameter; `reason` says why it differs from Table IV, empty where it does not or a person chose it."""

    name: str
    value: object
    reason: str


def mix(run: Run) -> list[Part]:
    labels = dict(Label.Source.choices) | {"replay": _("replay")}
    taken, tokens = run.report.taken or {}, run.report.tokens
    total = sum(tokens.values())
    return [
        Part(
            str(labels.get(source, source)),
            count,
            run.report.repeats if source == Label.Source.PERSON else 1,
            tokens.get(source),
            tokens[source] / total if tokens.get(source) else None,
        )
        for source, count in taken.items()
    ]


def settings(run: Run) -> list[Setting]:
    by_hand = set(run.report.chosen_by_hand)
    reasons = {name: text for name, text in _reasons(run).items() if name not in by_hand}
    return [Setting(name, value, _(reasons[name]) if name in reasons else "") for name, value in run.parameters.items()]


def _reasons(run: Run) -> dict[str, str]:
    if run.preset != "recommended":
        return {}
    try:
        return presets.reasons(TrainingSettings.from_dict(run.parameters))
    except BadSettings:  # made by an older release
        return {}
