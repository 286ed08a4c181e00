"""The budget of cloud tokens."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from ecc_site.overview.to_do.item import ToDo, Urgency
from serving.models import CloudDay

NEARLY = 80  # percent


def nearly_spent() -> Iterator[ToDo]:
    today = CloudDay.objects.today()
    if today.percent >= NEARLY:
        text = _("%(percent)s%% of today's cloud budget is used") % {"percent": today.percent}
        detail = _("%(used)s of %(limit)s tokens") % {"used": f"{today.tokens:,}", "limit": f"{today.budget:,}"}
        yield ToDo(Urgency.BROKEN, text, reverse("serving:ledger"), detail)
