"""Numbers below 0 as people read them, in tables and sentences as in charts."""

import re

HYPHEN = re.compile(r"-(?=\d)")
NEGATIVE_ZERO = re.compile(r"-(?=0(?:\.0+)?(?![\d.]))")


def with_minus(numbers: str) -> str:
    """The same with minus signs for hyphens, and no zero below 0: “−0.50 [−0.60, 0.00]”."""
    return HYPHEN.sub("−", NEGATIVE_ZERO.sub("", numbers))
