"""What is stored about items before verdicts about them are saved: one query for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from review.desk.verdict_input import VerdictInput
from review.models import Assignment, Round, RoundItem, Verdict, VerdictRevision


class Known:
    """The annotator's assignments and verdicts, both locked, and the revisions that have the keys of what was sent."""

    def __init__(self, annotator: User, round_: Round, sent: Sequence[tuple[RoundItem, VerdictInput]]):
        self.annotator = annotator
        dialogues = {item.dialogue_id for item, _said in sent}
        own = Assignment.objects.filter(round=round_, annotator=annotator, dialogue__in=dialogues)
        self.assignments = {assignment.dialogue_id: assignment for assignment in own.select_for_update()}
        recorded = VerdictRevision.objects.filter(key__in=[said.key for _item, said in sent])
        self.revisions = {revision.key: revision for revision in recorded.select_related("verdict")}
        verdicts = Verdict.objects.filter(annotator=annotator, round=round_, item__in=[item for item, _said in sent])
        verdicts = verdicts.select_related("current", "assignment").select_for_update(of=("self",))
        self.verdicts = {verdict.item_id: verdict for verdict in verdicts}

    def verdict_about(self, item: RoundItem) -> Verdict:
        return self.verdicts[item.pk]

    def add(self, verdict: Verdict) -> None:
        """One that was just saved, for what comes after it."""
        self.verdicts[verdict.item_id] = verdict
        self.revisions[verdict.newest.key] = verdict.newest
