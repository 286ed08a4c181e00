"""Datasets of which nothing can be told yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dialogues.models import Coverage, Dataset
from dialogues.querysets import DatasetQuerySet
from ecc_site.overview.to_do.item import ToDo, Urgency
from scoring.models import Score

SHOWN = 3
FOR_MEASURING = (Dataset.Builtin.REGRESSION, Dataset.Builtin.TABLE6)  # the site answers and scores these by itself


def without_answers() -> Iterator[ToDo]:
    for dataset in _asked().filter(~Exists(_covered()))[:SHOWN]:
        text = _("no answers yet in %(dataset)s") % {"dataset": dataset}
        yield ToDo(Urgency.OPEN, text, reverse("dataset", args=[dataset.pk]))


def without_scores() -> Iterator[ToDo]:
    scored = Score.objects.filter(dataset=OuterRef("pk")).order_by("pk")
    for dataset in _asked().filter(Exists(_covered()), ~Exists(scored))[:SHOWN]:
        text = _("answers without scores in %(dataset)s") % {"dataset": dataset}
        yield ToDo(Urgency.OPEN, text, reverse("dataset", args=[dataset.pk]))


def _asked() -> DatasetQuerySet:
    return Dataset.objects.filter(open_turn_count__gt=0).exclude(builtin__in=FOR_MEASURING)


def _covered() -> QuerySet[Coverage]:
    return Coverage.objects.filter(dataset=OuterRef("pk"), answer_count__gt=0)
