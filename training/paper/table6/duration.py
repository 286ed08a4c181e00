"""How long the training of an experiment will take, by the speed that runs of the same kind have had here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serving.models import Version
from training.ml.methods import method_named
from training.runs.models import Run

LOOKED_AT = 20  # runs of a kind, the newest
FEWEST_STEPS = 20  # of a run that tells a speed: shorter ones are mostly their start


@dataclass(frozen=True)
class Duration:
    """`seconds` is for the methods whose speed is known; `unknown` names the others."""

    steps: int
    seconds: float
    unknown: list[str]


def duration_of(runs: Sequence[tuple[str, int]], base: Version, preset: str) -> Duration:
    """Of runs, each (method, steps), from the base with a preset."""
    speeds = {method: _seconds_per_step(method, base, preset) for method, _ in runs}
    return Duration(
        steps=sum(steps for _, steps in runs),
        seconds=sum(steps * (speeds[method] or 0) for method, steps in runs),
        unknown=[method_named(method).label for method, speed in speeds.items() if speed is None],
    )


def _seconds_per_step(method: str, base: Version, preset: str) -> float | None:
    """As it was measured before or in the training of the newest such run; None where there is none."""
    runs = Run.objects.filter(method=method, base__model=base.model, preset=preset).order_by("-id")
    for run in runs[:LOOKED_AT]:
        measured = (run.report.estimate or {}).get("step_ms")
        if measured:
            return measured / 1000
        if run.state == Run.State.DONE and run.done >= FEWEST_STEPS and run.rate:
            return 1 / run.rate
    return None
