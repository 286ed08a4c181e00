"""What was said against what is stored, for each fault; plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from benchmarks.fault_injection.annotator import SentVerdict

OPINION = ("annotator", "item", "preference", "correction", "note")


@dataclass(frozen=True)
class Window:
    """The time of one fault, until the site was well again and had some time to show it. Seconds, monotonic."""

    name: str
    begin: float
    end: float
    again_s: float | None = None  # until everybody had given another verdict after the fault was over
    trouble: str = ""  # why the site did not come back by itself
    skipped: str = ""

    def holds_time(self, moment: float | None) -> bool:
        return moment is not None and self.begin <= moment < self.end


def row(window: Window, said: list[SentVerdict], stored: list[dict], failures: Iterable[float]) -> dict:
    """Latencies are those of a person: from the verdict to its acknowledgement, repetitions included."""
    acknowledged = [s for s in said if s.outcome == "acknowledged" and window.holds_time(s.answered_at)]
    waited_ms = [1000 * (s.answered_at - s.sent_at) for s in acknowledged]
    return {
        "fault": window.name,
        "seconds": round(window.end - window.begin, 1),
        "requests_failed": sum(map(window.holds_time, failures)),
        "silent_s": round(_longest_silence(window, acknowledged), 1),
        "again_s": None if window.again_s is None else round(window.again_s, 1),
        "p50_ms": _percentile(waited_ms, 50),
        "p95_ms": _percentile(waited_ms, 95),
        **compare(acknowledged, stored),
        "trouble": window.trouble,
        "skipped": window.skipped,
    }


def compare(acknowledged: list[SentVerdict], stored: list[dict]) -> dict[str, int]:
    """Every acknowledged verdict must be stored with its text, and nobody's opinion of an item twice."""
    by_key = {revision["key"]: revision for revision in stored}
    times = Counter((revision["annotator"], revision["item"]) for revision in stored)
    found = [s for s in acknowledged if _is_same(s, by_key.get(s.key))]
    return {
        "acknowledged": len(acknowledged),
        "stored": len(found),
        "lost": len(acknowledged) - len(found),
        "doubled": sum(max(0, times[s.annotator, s.item] - 1) for s in acknowledged),
    }


def _is_same(said: SentVerdict, revision: dict | None) -> bool:
    return revision is not None and all(getattr(said, name) == revision[name] for name in OPINION)


def against_refusals(said: list[SentVerdict], stored: list[dict]) -> dict[str, int]:
    """What is stored although it was refused, and although nobody said it; and what never got an answer."""
    keys = {revision["key"] for revision in stored}
    outcomes = Counter(s.outcome for s in said)
    return {
        "refused": outcomes["refused"],
        "stored_though_refused": sum(s.key in keys for s in said if s.outcome == "refused"),
        "stored_though_unsaid": len(keys - {s.key for s in said}),
        "unanswered": outcomes["unanswered"],
    }


def per_second(window_row: dict) -> float:
    return window_row["acknowledged"] / window_row["seconds"]


def _longest_silence(window: Window, acknowledged: list[SentVerdict]) -> float:
    """The longest time in the window without an acknowledgement: so long nobody could work."""
    moments = sorted([window.begin, window.end, *(s.answered_at for s in acknowledged)])
    return max(later - earlier for earlier, later in pairwise(moments))


def _percentile(values: list[float], percent: int) -> int | None:
    if len(values) < 2:
        return None
    return round(quantiles(values, n=100, method="inclusive")[percent - 1])
