"""What an annotator's page has collected: saved together, and each verdict saved or refused by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from ecc_site.core.conflicts import again_after_conflict
from review.desk.counters import Count, counting
from review.desk.known import Known
from review.desk.verdict_input import VerdictInput
from review.desk.verdicts import NotSaved, finish, prepare
from review.models import Round, RoundItem, Verdict


@dataclass(frozen=True)
class Outcome:
    """What became of one verdict: it is saved, or the reason why it is not."""

    said: VerdictInput
    item: RoundItem
    verdict: Verdict | None = None
    refused: NotSaved | None = None


@again_after_conflict
def record_all(annotator: User, round_: Round, sent: Sequence[tuple[RoundItem, VerdictInput]]) -> list[Outcome]:
    """Save what was sent in its order; what was sent before changes nothing.

    On SQLite all who write wait for each other, so nothing is done here that can be done before or after.
    """
    known = Known(annotator, round_, sent)
    with counting(round_, annotator) as count:  # whose rows are locked last, and briefly
        outcomes = [_prepared(known, item, said, count) for item, said in sent]
        finish(known, round_, count)
    return outcomes


def _prepared(known: Known, item: RoundItem, said: VerdictInput, count: Count) -> Outcome:
    try:
        return Outcome(said, item, prepare(known, item, said, count))
    except NotSaved as refused:
        return Outcome(said, item, refused=refused)
