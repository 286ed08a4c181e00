"""Queries about rounds, assignments, verdicts and tags."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from ecc_site.core.conflicts import again_after_conflict
from ecc_site.core.job_queryset import JobQuerySet
from ecc_site.core.roles import MANAGER, has_role

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from dialogues.models import Dataset, Turn
    from review.models import Assignment, ExportJob, LearnedScorer, Round, RoundItem, Tag, TurnTag, Verdict
    from scoring.models import ScorerSet


# How an annotator has had the dialogue of an assignment, each a subquery of it. Written out, since this is asked with
# every verdict, and to put it together takes Django longer than to answer it takes the database.
HAD = (
    """
    SELECT 1 FROM review_assignment own
    WHERE own.round_id = review_assignment.round_id AND own.dialogue_id = review_assignment.dialogue_id
        AND own.annotator_id = %s
    """,
    """
    SELECT 1 FROM review_rounditem item
    WHERE item.round_id = review_assignment.round_id AND item.dialogue_id = review_assignment.dialogue_id
        AND item.same_as_id IS NULL AND EXISTS (
            SELECT 1 FROM review_verdict said
            WHERE said.annotator_id = %s AND said.round_id = item.round_id AND said.comparison_id = item.comparison_id
                AND NOT said.withdrawn AND (said.assignment_id IS NULL OR said.assignment_id <> review_assignment.id)
        )
    """,
    """
    SELECT 1 FROM review_skip skip
    WHERE skip.round_id = review_assignment.round_id AND skip.dialogue_id = review_assignment.dialogue_id
        AND skip.annotator_id = %s
    """,
)


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def urgent_first(self) -> Self:
        """By their deadlines, those without one last; then the newest first."""
        return self.order_by(F("deadline").asc(nulls_last=True), "-id")

    def by_urgency(self) -> Self:
        """The same order, for pages: each with `due` and `newness`, which have no NULL and sort upwards."""
        due = Cast(Coalesce("deadline", Value(date.max)), models.CharField())
        return self.annotate(due=due, newness=-1 * F("id"))

    def with_start(self) -> Self:
        """Each with `started_at`: when the first verdict was given, None before."""
        firsts = apps.get_model("review", "Participation").objects.filter(round=OuterRef("pk"))
        return self.annotate(started_at=Subquery(firsts.order_by("started_at").values("started_at")[:1]))

    def for_reviewer(self, user: User) -> Self:
        """Those that the person may review: managers all, annotators those that name them or nobody."""
        if has_role(user, MANAGER):
            return self
        named = self.model.annotators.through.objects.filter(round=OuterRef("pk"))
        return self.filter(~Exists(named) | Exists(named.filter(user=user)))

    def reviewed_by(self, annotator: User) -> Self:
        """Those that are open to the annotator, or in which they have given a verdict."""
        verdicts = apps.get_model("review", "Verdict").objects.filter(annotator=annotator, round=OuterRef("pk"))
        open_ = self.model.objects.open().for_reviewer(annotator)
        return self.filter(Q(pk__in=open_.values("pk")) | Exists(verdicts))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def about(self, item: RoundItem) -> Self:
        """The assignments of the item's dialogue."""
        return self.filter(round=item.round_id, dialogue=item.dialogue_id)

    def held_by(self, round_: Round, annotator: User) -> Self:
        """The annotator's unfinished assignments in the order of the round, deferred ones last."""
        held = self.filter(round=round_, annotator=annotator, state="taken")
        return held.order_by(F("deferred_at").asc(nulls_first=True), "priority", "id")

    def renew(self, round_: Round, annotator: User, lease: timedelta) -> int:
        """Extend the leases of all that the annotator holds; how many there are."""
        held = self.filter(round=round_, annotator=annotator, state="taken")
        return held.update(leased_until=timezone.now() + lease)

    def free_for(self, round_: Round, annotator: User, reached: int | None = None) -> Iterator[Self]:
        """Where to look for the annotator's next assignment, in this order; each has the most urgent first.

        They are unheld assignments of dialogues for which the annotator has no assignment, and no verdict under
        another. Each is in the order of an index, and stops at its first row or soon after. A round with overlap has
        many free assignments of dialogues that the annotator has had, so free ones are looked for behind the furthest
        of their own first: that with the priority `reached`, if it is known.
        """
        new = self.filter(round=round_).new_to(annotator)
        abandoned = {"state": "taken", "leased_until__lt": timezone.now()}
        if self.filter(round=round_, **abandoned).exists():  # as a rule there is none, which is soon said
            yield new.filter(**abandoned).order_by("leased_until", "id")
        if reached is None:
            own = self.model.objects.filter(round=round_, annotator=annotator)
            reached = own.aggregate(Max("priority"))["priority__max"]
        free = new.filter(state="free").order_by("priority", "id")
        if reached:
            yield free.filter(priority__gt=reached)
        yield free

    def new_to(self, annotator: User) -> Self:
        """Of dialogues for which the annotator has no assignment and no verdict under another, and gave none back."""
        who = [annotator.pk]
        return self.filter(*(RawSQL(f"NOT EXISTS ({had})", who, models.BooleanField()) for had in HAD))

    def unheld(self) -> Self:
        """Free, or taken with a lease that has run out."""
        return self.filter(Q(state="free") | Q(state="taken", leased_until__lt=timezone.now()))

    def close_if_finished(self, assignment: Assignment) -> None:
        """Mark it as done if none of its items is open."""
        items = apps.get_model("review", "RoundItem").objects
        if not items.open_under([assignment]).exists():
            self.filter(pk=assignment.pk).update(state="done")

    def take(
        self, round_: Round, annotator: User, lease: timedelta, count: int = 1, reached: int | None = None
    ) -> list[Assignment]:
        """Give the annotator the most urgent free ones of these assignments, at most `count`; those that they got.

        Where the same person asks twice at once, all that they hold by then. Only ids and dialogues are set. `reached`
        is for `free_for`.
        """
        until = timezone.now() + lease
        try:
            with transaction.atomic():
                chosen = self._lock_free(round_, annotator, count, reached)
                if chosen:
                    taken = self.unheld().filter(pk__in=[assignment.pk for assignment in chosen])
                    taken.update(annotator=annotator, state="taken", leased_until=until, deferred_at=None)
                return chosen
        except IntegrityError:
            return list(self.held_by(round_, annotator))

    def _lock_free(self, round_: Round, annotator: User, count: int, reached: int | None) -> list[Assignment]:
        """The most urgent free ones, each of another dialogue."""
        by_dialogue: dict[int, int] = {}
        for candidates in self.free_for(round_, annotator, reached):
            for pk, dialogue in lock_first(candidates, count * round_.overlap):
                if len(by_dialogue) < count:
                    by_dialogue.setdefault(dialogue, pk)
            if len(by_dialogue) == count:
                break
        return [self.model(pk=pk, round=round_, dialogue_id=dialogue) for dialogue, pk in by_dialogue.items()]


def lock_first(candidates: models.QuerySet, count: int) -> list[tuple[int, int]]:
    """Id and dialogue of the first candidates, locked until the transaction ends.

    On PostgreSQL two people who ask at once get different candidates. There it has to be a query of its own: as a
    subquery of an UPDATE it may be evaluated for every row, and lock and change another one each time. SQLite needs no
    lock, since it lets only one transaction write.
    """
    if connection.features.has_select_for_update_skip_locked:
        candidates = candidates.select_for_update(skip_locked=True, of=("self",))
    return list(candidates.values_list("pk", "dialogue")[:count])


class RoundItemQuerySet(models.QuerySet["RoundItem"]):
    def open_under(self, assignments: Collection[Assignment]) -> Self:
        """Those of the dialogues of assignments of one round that have no active verdict under them.

        In the order of the conversation. A copy of another item gets its verdict with that one and is never open.
        """
        verdicts = apps.get_model("review", "Verdict").objects.active()
        ids = [assignment.pk for assignment in assignments]
        given = verdicts.filter(assignment__in=ids, comparison=OuterRef("comparison"))
        dialogues = [assignment.dialogue_id for assignment in assignments]
        rounds = {assignment.round_id for assignment in assignments}
        items = self.filter(~Exists(given), round__in=rounds, dialogue__in=dialogues, same_as=None)
        return items.order_by("position", "id")


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def active(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn=False)

    def by_on(self, annotator: User, round_: Round, items: Collection[RoundItem]) -> Self:
        """What the annotator has said about these items of the round: by an index, however much they have said."""
        compared = {item.comparison_id for item in items}
        return self.filter(annotator=annotator, round=round_, comparison__in=compared).order_by()

    def wanted(self) -> Self:
        """Active, and given under an assignment: what a round counts."""
        return self.active().filter(assignment__isnull=False)

    def of_the_desk(self) -> Self:
        """What the desk may take back: wanted, and not meanwhile a manager's decision."""
        return self.wanted().filter(adjudicates=False)

    def independent(self) -> Self:
        """Active opinions that follow from no other verdict: neither propagated nor a decision between others."""
        return self.active().filter(adjudicates=False, current__propagated=False)

    def decision_about(self, item: int) -> Verdict | None:
        """The newest active decision of a manager about an item, which counts instead of what others said."""
        return self.active().filter(item=item, adjudicates=True).select_related("current").order_by("-current").first()

    def latest_of(self, round_: Round, annotator: User) -> Verdict | None:
        """The annotator's newest active verdict of the desk in the round, which undo withdraws; None without one."""
        return self.of_the_desk().newest_of(round_, annotator).first()

    def newest_of(self, round_: Round, annotator: User) -> Self:
        """The annotator's active verdicts in the round, the newest first, without those that followed another.

        `IN (false)` instead of `NOT withdrawn`, with which SQLite does not use the index and sorts all that they gave.
        """
        own = self.filter(withdrawn__in=[False], round=round_, annotator=annotator, item__same_as=None)
        return own.order_by("-updated_at")

    def corrected(self) -> Self:
        return self.exclude(current__correction="")


class ExportJobQuerySet(JobQuerySet["ExportJob"]):
    def take_back(self) -> int:
        """Remove the files of these jobs, and let those that are active begin again; returns how many files there were.

        In the transaction that erases what they hold: a worker can neither claim such a job nor finish its file before
        that is committed, and then it no longer has the job.
        """
        self.active().update(state="queued", token=None)
        for job in self.active():
            job.enqueue()
        return sum(job.remove_files() for job in self)

    def file_count(self) -> int:
        return sum(len(job.files()) for job in self)


COUNTED = 1000  # a page that counts stops there


class BoundedCount(Subquery):
    """How many rows a sliced query has: it counts no further than its slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


class LearnedScorerQuerySet(models.QuerySet["LearnedScorer"]):
    def active(self) -> Self:
        return self.filter(active=True)

    @again_after_conflict
    def show(
        self, dataset: Dataset, scorer_set: ScorerSet, kind: str, *, coefficients: dict, verdict_count: int, by: User
    ) -> LearnedScorer:
        """Store a model and make it the active one instead of any other."""
        of = {"dataset": dataset, "scorer_set": scorer_set, "kind": kind}
        self.active().filter(**of).update(active=False)
        return self.create(**of, coefficients=coefficients, verdict_count=verdict_count, author=by)


class TagQuerySet(models.QuerySet["Tag"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def with_counts(self) -> Self:
        """Each with `confirmed` and `suggested`: of how many turns, counted no further than one above COUNTED."""
        rows = apps.get_model("review", "TurnTag").objects.filter(tag=OuterRef("pk")).order_by().values("pk")
        return self.annotate(
            **{state: BoundedCount(rows.filter(state=state)[: COUNTED + 1]) for state in ("confirmed", "suggested")}
        )


class TurnTagQuerySet(models.QuerySet["TurnTag"]):
    def confirmed(self) -> Self:
        return self.filter(state="confirmed")

    def valid(self) -> Self:
        """What a turn is taken to have until a person says otherwise: confirmed or suggested."""
        return self.filter(state__in=["confirmed", "suggested"])

    def decided(self) -> Self:
        """What a person has confirmed or refused."""
        return self.filter(at__isnull=False)

    def shown(self, turns: Collection[int]) -> dict[int, list[TurnTag]]:
        """By the id of the turn: its tags, of each kind the confirmed one, else the suggested one. One query."""
        found: dict[int, dict[str, TurnTag]] = {}
        rows = self.valid().filter(turn__in=turns).select_related("tag").order_by("kind", "state")
        for row in rows:  # confirmed ones come first
            found.setdefault(row.turn_id, {}).setdefault(row.kind, row)
        return {turn: list(by_kind.values()) for turn, by_kind in found.items()}

    @again_after_conflict
    def decide(self, turn: Turn, kind: str, tag: Tag | None, by: User) -> None:
        """A person says which tag of a kind the turn has; None: none of those that are offered. Twice is once.

        What was suggested or confirmed instead becomes refused, with the similarity by which it was suggested.
        """
        decision = {"by": by, "at": timezone.now()}
        self.valid().filter(turn=turn, kind=kind).exclude(tag=tag).update(state="refused", **decision)
        if tag:
            self.update_or_create({"kind": kind, "state": "confirmed", **decision}, turn=turn, tag=tag)
