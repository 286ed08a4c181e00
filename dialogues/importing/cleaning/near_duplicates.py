"""Near duplicates: dialogues that share nearly all of their words."""

from __future__ import annotations

import hashlib

from rensa import RMinHash

BANDS, ROWS = 4, 6
WIDTH = 4  # characters of a shingle
SAME = 0.9  # of all shingles of the two, the share that both have
FEWEST = 24  # characters; below, only equal dialogues are duplicates


def shingles(text: str) -> set[str]:
    """Each run of WIDTH characters."""
    return {text[i : i + WIDTH] for i in range(len(text) - WIDTH + 1)}


def bands(text: str) -> list[int]:
    """Four signed 64-bit numbers of a MinHash signature; empty for a text too short.

    Two texts that share `SAME` of their shingles have at least one number in common with a probability of .95, two
    that share half of them with one of .06.
    """
    if len(text) < FEWEST:
        return []
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=7)
    sketch.update(list(shingles(text)))
    digest = sketch.digest()
    return [_number(f"{i}:{digest[i * ROWS : (i + 1) * ROWS]}") for i in range(BANDS)]


def of_dataset(numbers: list[int], dataset: int) -> list[int]:
    """The numbers made those of one dataset, so that texts of two are never compared."""
    mask = _number(str(dataset))
    return [number ^ mask for number in numbers]


def _number(content: str) -> int:
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest(), "big", signed=True)


def alike(one: set[str], other: set[str]) -> bool:
    """Whether two texts share at least SAME of their shingles (Jaccard), given the shingles of both."""
    if not one or not other or min(len(one), len(other)) < SAME * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= SAME * (len(one) + len(other) - shared)
