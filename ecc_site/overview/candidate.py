"""The version that waits for somebody to promote it or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serving.models import Version
from training.models import Assessment, Run
from training.versions.gate import gate_of

UNMEASURED = "unmeasured"


@dataclass(frozen=True)
class Candidate:
    """assessment: by the gate, against the version that answers customers; None before there is one."""

    version: Version
    assessment: Assessment | None = None

    def outcome(self) -> str:
        """As training.evaluation.gate.Gate has it; reads the scores of its frozen set."""
        measured = self.assessment
        gate = gate_of(self.version, measured.dataset, measured.kind) if measured else None
        return gate.outcome if gate else UNMEASURED


def waiting_candidate(champion: Version | None) -> Candidate | None:
    """The newest that the gate has compared with the champion; before there is one, what the newest run has made."""
    if champion is None:
        return None
    assessed = Assessment.objects.filter(champion=champion, **_waiting("candidate"))
    newest = assessed.select_related("candidate", "dataset").order_by("-pk").first()
    if newest:
        return Candidate(newest.candidate, newest)
    made = Run.objects.filter(state=Run.State.DONE, best__pk__gt=champion.pk, **_waiting("best"))
    run = made.select_related("best").order_by("-pk").first()
    return Candidate(run.best) if run and run.best else None


def _waiting(version: str) -> dict[str, Any]:
    """Neither retired nor the champion, nor what a rollback returns to."""
    return {f"{version}__state": Version.State.CANDIDATE, f"{version}__aliases": None}
