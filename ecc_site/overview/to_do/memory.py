"""Entries of the memory that wait for a manager."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from ecc_site.overview.to_do.item import MOST, ToDo, Urgency, at_most
from knowledge.models import Entry, Pair


def proposed_entries() -> Iterator[ToDo]:
    count = len(Entry.objects.filter(state=Entry.State.PROPOSED).order_by().values_list("pk")[: MOST + 1])
    if count:
        text = ngettext("%(n)s entry of the memory to approve", "%(n)s entries of the memory to approve", count)
        yield ToDo(Urgency.WAITS, text % {"n": at_most(count)}, f"{reverse('memory')}?state=proposed")


def conflicts() -> Iterator[ToDo]:
    """Entries that answer the same question in different ways."""
    undecided = Pair.objects.undecided().filter(kind=Pair.Kind.CONFLICT).order_by()
    count = len(undecided.values_list("pk")[: MOST + 1])
    if count:
        text = ngettext("%(n)s conflict in the memory", "%(n)s conflicts in the memory", count)
        yield ToDo(Urgency.WAITS, text % {"n": at_most(count)}, reverse("memory"))
