"""Scorers that people do not bear out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from ecc_site.core.language import Language
from ecc_site.overview.to_do.item import ToDo, Urgency
from review.calibration.estimating.licence import Outcome
from review.calibration.kept import found_everywhere

SHOWN = 5
LOOKED_AT = 200  # datasets and kinds of reference whose licence was worked out last


def failed_licences() -> Iterator[ToDo]:
    """By dataset and kind of reference, where the scorer of today may not stand in for an annotator."""
    failed = []
    for row, found in found_everywhere("licence", LOOKED_AT):
        languages = [str(Language(code).label) for code, of in found.outcomes.items() if of == Outcome.FAILED]
        if languages:
            failed.append((row, languages))
    for row, languages in failed[:SHOWN]:
        text = _("The scorer failed its licence on %(dataset)s") % {"dataset": row.dataset}
        query = urlencode({"dataset": row.dataset_id, "kind": row.kind})
        address = f"{reverse('review:calibration-people')}?{query}#licence"
        yield ToDo(Urgency.OPEN, text, address, " · ".join([row.get_kind_display(), *languages]))
