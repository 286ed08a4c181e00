"""What was redacted of a stored text, told by its placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

PLACEHOLDER = re.compile(r"\[([A-Z]+(?:_[A-Z]+)*)_(\d+)\]")
KINDS = {
    "phone": _("phone number"),
    "resident_id": _("resident ID"),
    "passport": _("passport number"),
    "bank_card": _("bank card"),
    "email": _("e-mail address"),
    "order_number": _("order number"),
    "parcel_number": _("parcel number"),
    "address": _("address"),
    "name": _("name"),
    "account": _("account"),
    "link": _("link"),
    "plate": _("licence plate"),
}


def redacted_kinds(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Each kind of personal data in words, with how often a placeholder stands for it, the most frequent first."""
    return in_words(Counter(found[1].lower() for text in texts for found in PLACEHOLDER.finditer(text)))


def in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each kind in words, the most frequent first; a kind of the shop's own keeps its name."""
    return [(str(KINDS.get(kind, kind)), count) for kind, count in Counter(counts).most_common()]
