"""Numbers below 0 as people read them, in tables and sentences as in charts."""

import re

HYPHEN = re.compile(r"-(?=\d)")


def with_minus(numbers: str) -> str:
    """The same with minus signs for hyphens: “−0.50 [−0.60, −0.40]”."""
    return HYPHEN.sub("−", numbers)
