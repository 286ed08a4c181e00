"""Rounds, datasets and acts by their names, for the palette and its page: only what the person may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import Case, Model, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.acts import ACTS, EVERYBODY, OF_A_DATASET
from ecc_site.core.contains import contains
from ecc_site.core.roles import ANNOTATOR, MANAGER, has_role
from review.models import Round

MOST = 20  # that are shown
SHARES = (10, 6, 4)  # of acts, rounds and datasets where there is more of each
NEWEST = 10_000  # of a table are looked at, so that a name that nothing has costs the same at any number
EVERY_ROW = Q(pk__gt=0)


@dataclass(frozen=True)
class Found:
    """Something to open; `about` says where it belongs."""

    name: str
    address: str
    about: str = ""


def find(user: User, query: str) -> list[tuple[str, Sequence[Found]]]:
    """Groups of what has every word of the query in its name, each group with its own name; MOST in all.

    Without a word: what is used most, and what is newest. At most one query about rounds and one about datasets.
    """
    words = query.split()
    datasets, with_dataset = _datasets(user, words)
    acts = [*_acts(user, words), *with_dataset] if words else [*with_dataset, *_acts(user, words)]
    groups = _fitted([acts, _rounds(user, words), datasets], MOST if words else 0)
    names = (_("Pages and actions"), _("Rounds"), _("Datasets"))
    return [(name, group) for name, group in zip(names, groups, strict=True) if group]


def _fitted(groups: list[list[Found]], most: int) -> list[list[Found]]:
    """The first of each group: its share, and what the others leave of theirs until there are `most`."""
    counts = [min(len(group), share) for group, share in zip(groups, SHARES, strict=True)]
    for place, group in enumerate(groups):
        counts[place] += max(0, min(len(group) - counts[place], most - sum(counts)))
    return [group[:count] for group, count in zip(groups, counts, strict=True)]


def _acts(user: User, words: list[str]) -> list[Found]:
    allowed = [act for role, acts in ACTS.items() if role == EVERYBODY or has_role(user, role) for act in acts]
    return [Found(str(act.name), act.address_for(user)) for act in allowed if not act.lacks(words)]


def _rounds(user: User, words: list[str]) -> list[Found]:
    """Managers open a round's page, annotators its desk."""
    if not has_role(user, ANNOTATOR):
        return []
    is_manager = has_role(user, MANAGER)
    seen = Round.objects.all() if is_manager else Round.objects.open().for_reviewer(user)
    named = seen.filter(_newest(Round), _have(words, "name", "dataset__name")).order_by("-pk")
    page, closed = "round" if is_manager else "review:desk", _("closed")
    return [
        Found(name, reverse(page, args=[pk]), dataset if is_open else f"{dataset} · {closed}")
        for pk, name, dataset, is_open in named.values_list("pk", "name", "dataset__name", "is_open")[:MOST]
    ]


def _datasets(user: User, words: list[str]) -> tuple[list[Found], list[Found]]:
    """Datasets with such a name, and acts with a dataset where both names together have the words."""
    if not has_role(user, MANAGER):
        return [], []
    lacked = {act: act.lacks(words) for act in OF_A_DATASET}
    wanted = {act: rest for act, rest in lacked.items() if len(rest) < len(words) or not words}
    by_name = either = _have(words, "name")
    for rest in wanted.values():
        either |= _have(rest, "name")
    whole = Case(When(by_name, then=Value(True)), default=Value(False))
    named = Dataset.objects.filter(_newest(Dataset), either).annotate(whole=whole)
    order = ("-whole", "-pk") if words else ("-pk",)  # nothing is sorted where every name fits
    rows = list(named.order_by(*order).values_list("pk", "name", "whole")[:MOST])
    acts = [
        Found(str(act.name), act.address(pk), name)
        for act, rest in wanted.items()
        for pk, name, _whole in (rows if words else rows[:1])
        if all(word.casefold() in name.casefold() for word in rest)
    ]
    return [Found(name, reverse("dataset", args=[pk])) for pk, name, whole in rows if whole], acts


def _newest(table: type[Model]) -> Q:
    oldest = table._default_manager.order_by("-pk").values("pk")[NEWEST : NEWEST + 1]
    return Q(pk__gt=Coalesce(Subquery(oldest), 0))


def _have(words: list[str], *fields: str) -> Q:
    """Each of the words is in one of the fields."""
    condition = EVERY_ROW
    for word in words:
        condition &= reduce(or_, (contains(field, word) for field in fields))
    return condition
