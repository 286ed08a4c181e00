"""The answers that the figure of an alert is about: those of the window that raised it, as far as they still exist."""

from __future__ import annotations

from dialogues.models import Comparison
from ecc_site.models import Measurement
from ecc_site.watch.material.answers import AnswerMaterial
from ecc_site.watch.material.scope import Scope
from ecc_site.watch.subjects import SUBJECTS

SHOWN = 20


def answers_behind(measured: Measurement) -> list[Comparison]:
    """Those that matter most first, at most SHOWN; none where the figure is not about answers."""
    behind = SUBJECTS[measured.subject].behind
    if behind is None:
        return []
    material = AnswerMaterial(Scope(measured.dataset, measured.version, measured.kind))
    answers = material.between(measured.first_id, measured.last_id)
    ids = [int(answers.ids[place]) for place in behind(material, answers)[:SHOWN]]
    found = Comparison.objects.select_related("turn", "end").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
