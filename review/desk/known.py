"""What is stored about items before verdicts about them are saved: one query for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery

from review.desk.verdict_input import VerdictInput
from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision


class Known:
    """The annotator's assignments and verdicts, both locked, and the revisions that have the keys of what was sent.

    As a rule there are neither verdicts nor revisions yet, so what belongs to them is read only where there are.
    """

    def __init__(self, annotator: User, round_: Round, sent: Sequence[tuple[RoundItem, VerdictInput]]):
        self.annotator = annotator
        dialogues = {item.dialogue_id for item, _said in sent}
        own = Assignment.objects.filter(round=round_, annotator=annotator, dialogue__in=dialogues)
        self.assignments = {row.dialogue_id: row for row in own.order_by().select_for_update()}
        recorded = VerdictRevision.objects.filter(key__in=[said.key for _item, said in sent])
        self.revisions = {revision.key: revision for revision in recorded}
        verdicts = Verdict.objects.by_on(annotator, round_, [item for item, _said in sent])
        self.verdicts = {verdict.item_id: verdict for verdict in verdicts.select_for_update()}
        self._new: list[tuple[Verdict, VerdictRevision]] = []
        self._revised: list[Verdict] = []

    def verdict_about(self, item: RoundItem) -> Verdict:
        return self.verdicts[item.pk]

    def revise(self, verdict: Verdict, **values: Any) -> None:
        """Give the verdict its newest revision. A new verdict is stored by `write`, in one go with other new ones."""
        revision = VerdictRevision(verdict=verdict, **values)
        verdict.withdrawn, verdict.adjudicates = revision.withdrawn, revision.adjudicates
        if verdict.pk is None:
            self._new.append((verdict, revision))
        else:
            revision.save()
            verdict.current = revision
            verdict.save()
        self.verdicts[verdict.item_id] = verdict
        self.revisions[revision.key] = revision
        self._revised.append(verdict)

    def write(self) -> list[Verdict]:
        """Store the new verdicts; returns all that were given a revision since it was called last."""
        new, revised = self._new, self._revised
        self._new, self._revised = [], []
        if new:
            Verdict.objects.bulk_create(verdict for verdict, _revision in new)
            VerdictRevision.objects.bulk_create(revision for _verdict, revision in new)
            first = VerdictRevision.objects.filter(verdict=OuterRef("pk")).values("pk")[:1]
            Verdict.objects.filter(pk__in=[verdict.pk for verdict, _revision in new]).update(current=Subquery(first))
        for verdict, revision in new:
            verdict.current = revision
        return revised
