"""How satisfied customers were, where the files say so: a measure of whole conversations, as people held them.

No reply of a model is measured by it. It stands beside the measures because a score that is to speak for customers
should go with it. Range and direction: a number as the file has it, more is better.
"""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dialogue
from ecc_site.core.batching import batched

NAME, LABEL = "satisfaction", _("satisfaction")
RANGE = _("as the file has it")
SOURCE = _("what the file says of the whole conversation, as it was held with the human agent")


def satisfaction_of(dialogues: np.ndarray) -> np.ndarray:
    """For N ids of dialogues, which may repeat, their satisfaction, shape (N,); NaN where the file had none."""
    ids = np.unique(dialogues)
    known: dict[int, float | None] = {}
    for batch in batched(ids.tolist()):
        rated = Dialogue.objects.filter(pk__in=batch, satisfaction__isnull=False)
        known.update(rated.values_list("pk", "satisfaction"))
    values = np.array([known.get(pk, np.nan) for pk in ids.tolist()], dtype=float)
    return values[np.searchsorted(ids, dialogues)]
