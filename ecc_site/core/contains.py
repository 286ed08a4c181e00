"""What contains a text, whatever the case of its letters, in any alphabet."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q


def contains(field: str, text: str) -> Q:
    """`field` contains `text`, in whatever case.

    SQLite folds no letters beyond ASCII: there such a text is found as it was typed, in small letters, in capitals,
    and with a capital at the start of the text or of each word, but not in other mixtures.
    """
    ways = (text, text.lower(), text.upper(), text.title(), text.capitalize())
    different = {way.encode().lower(): way for way in ways}  # bytes fold the letters of ASCII alone, as SQLite does
    return reduce(or_, (Q(**{f"{field}__icontains": way}) for way in different.values()))
