"""The whole list: each source is one function, and asks as many questions of the database however much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from ecc_site.overview.to_do import alerts, cloud, datasets, jobs, learning, memory, rounds, scorers
from ecc_site.overview.to_do.item import ToDo

SOURCES: tuple[Callable[[], Iterable[ToDo]], ...] = (  # of equal urgency, in this order
    jobs.failed_jobs,
    alerts.open_alerts,
    cloud.nearly_spent,
    rounds.unfinished_rounds,
    rounds.disagreements,
    learning.new_corrections,
    learning.candidate_to_decide,
    scorers.failed_licences,
    memory.proposed_entries,
    memory.conflicts,
    datasets.without_answers,
    datasets.without_scores,
)


def to_do() -> list[ToDo]:
    """The most urgent first."""
    return sorted(chain.from_iterable(source() for source in SOURCES), key=lambda found: found.urgency)
