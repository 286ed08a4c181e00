"""What the address chooses: the scores that all figures are about, the active profile, and the part that is listed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dialogues.models import Dataset, Turn
from ecc_site.core.requests import Request
from review.score_room.forms import PartForm, RoomFilter
from review.score_room.tagged import turns_with
from scoring.comparing import NamedPair, beside_baseline, select, summaries_of
from scoring.figures.selection import Scored, Selection
from scoring.models import Profile, Score, ScorerSet
from scoring.summary import Summary
from serving.models import Version

REMEMBERED = "score_room"  # in the session


@dataclass(frozen=True)
class Room:
    """Of one dataset and kind of reference, under the profile that is active."""

    form: RoomFilter
    part: PartForm
    profile: Profile

    @property
    def dataset(self) -> Dataset:
        return self.form.values["dataset"]

    @property
    def kind(self) -> str:
        return self.form.values["kind"]

    @cached_property
    def selection(self) -> Selection:
        values = self.form.values
        tag = values.pop("tag", None)
        return select(self.profile.scorer_set, **values, turns=turns_with(tag, self.dataset) if tag else None)

    @cached_property
    def scored(self) -> Scored:
        return self.selection.under(self.profile.parameters)

    @cached_property
    def summaries(self) -> dict[int, Summary]:
        """Of each version that has scores, by its id, in the order of the ids."""
        return summaries_of(self.selection, self.scored, self._wanted, self.profile)

    @property
    def _wanted(self) -> int | None:
        """How many turns were to be answered; None where that is not known: not all of them have a day or a tag."""
        values = self.form.values
        if values.keys() & {"since", "until", "tag"}:
            return None
        return Turn.objects.wanted_in(self.dataset, values.get("split", ""), values.get("language", ""))

    @cached_property
    def names(self) -> dict[int, str]:
        """Of each of these versions, in the same order."""
        versions = Version.objects.in_bulk([row.version for row in self.scored.versions])
        return {row.version: versions[row.version].name for row in self.scored.versions}

    @cached_property
    def pairs(self) -> list[NamedPair]:
        return beside_baseline(self.selection, self.scored.final, self.summaries)


def filter_of(request: Request, scorer_set: ScorerSet | None) -> RoomFilter:
    """What the address chooses; without a choice what this person chose last; where nothing says, the newest scores."""
    asked = {name: value for name, value in request.GET.items() if value}
    asked = asked if asked.keys() & RoomFilter.base_fields.keys() else request.session.get(REMEMBERED, {}) | asked
    form = RoomFilter(asked)
    if scorer_set is None or {"dataset", "kind"} <= form.values.keys():
        return form
    scores = Score.objects.filter(scorer_set=scorer_set)
    scores = scores.filter(dataset=form.values["dataset"]) if "dataset" in form.values else scores
    return RoomFilter(asked | scores.most_recent_choice())


def room_of(request: Request, scorer_set: ScorerSet | None, form: RoomFilter) -> Room | None:
    """None where there is nothing to show."""
    if scorer_set is None or not {"dataset", "kind"} <= form.values.keys():
        return None
    profile = Profile.objects.active_for(form.values["dataset"], scorer_set)
    return Room(form, PartForm(request.GET), profile)


def remember(request: Request, form: RoomFilter) -> None:
    """For this person's next visit: what was chosen, once it has been shown."""
    choice = {name: str(getattr(value, "pk", value)) for name, value in form.values.items()}
    if request.session.get(REMEMBERED) != choice:
        request.session[REMEMBERED] = choice
