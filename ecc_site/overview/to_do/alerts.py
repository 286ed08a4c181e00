"""Alerts of the watch that nobody has acknowledged."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from ecc_site.models import Alert
from ecc_site.overview.to_do.item import MOST, ToDo, Urgency, at_most


def open_alerts() -> Iterator[ToDo]:
    count = Alert.objects.open()[: MOST + 1].count()
    if count:
        text = ngettext("%(n)s alert: answers got worse", "%(n)s alerts: answers got worse", count)
        yield ToDo(Urgency.BROKEN, text % {"n": at_most(count)}, f"{reverse('watch')}?state=open")
