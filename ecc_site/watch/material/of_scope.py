"""All that the subjects of a scope are measured over, each part read when it is asked for first."""

from __future__ import annotations

from functools import cached_property

from ecc_site.watch.material.answers import AnswerMaterial
from ecc_site.watch.material.questions import QuestionMaterial
from ecc_site.watch.material.scope import Scope, Window
from ecc_site.watch.material.verdicts import VerdictMaterial

Source = AnswerMaterial | QuestionMaterial | VerdictMaterial


class Material:
    def __init__(self, scope: Scope, baseline_before: int | None = None):
        self.scope, self.baseline_before = scope, baseline_before

    @cached_property
    def answers(self) -> AnswerMaterial:
        return AnswerMaterial(self.scope, self.baseline_before)

    @cached_property
    def questions(self) -> QuestionMaterial:
        return QuestionMaterial(self.scope)

    @cached_property
    def verdicts(self) -> VerdictMaterial:
        return VerdictMaterial(self.scope)

    def is_due(self, source: str, measured: int | None) -> bool:
        """Whether enough of `answers`, `questions` or `verdicts` is newer than what was measured last."""
        found: Source = getattr(self, source)
        window: Window = found.window
        return window.is_due(found.newest_ids, measured)
