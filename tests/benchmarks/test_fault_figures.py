"""The benchmark of faults must see what is lost, doubled or stored against a refusal."""

from dataclasses import asdict

import pytest

from benchmarks.fault_injection.annotator import SentVerdict
from benchmarks.fault_injection.figures import OPINION, Window, against_refusals, compare, row


def said(
    key: str, item: int = 1, outcome: str = "acknowledged", sent_at: float = 1, answered_at: float = 2
) -> SentVerdict:
    return SentVerdict("ann", item, key, "end", "您好", "", sent_at, answered_at, outcome)


def revision(of: SentVerdict, **changes) -> dict:
    return {name: asdict(of)[name] for name in ("key", *OPINION)} | changes


def test_what_is_stored_once_as_it_was_said_is_neither_lost_nor_doubled():
    one, two = said("a", 1), said("b", 2)
    found = compare([one, two], [revision(one), revision(two)])
    assert found == {"acknowledged": 2, "stored": 2, "lost": 0, "doubled": 0}


@pytest.mark.parametrize("stored", [[], [revision(said("a"), correction="")], [revision(said("a"), item=9)]])
def test_an_acknowledged_verdict_without_its_text_or_at_another_item_is_lost(stored):
    assert compare([said("a")], stored)["lost"] == 1


def test_a_second_revision_of_one_opinion_is_doubled_whatever_its_key():
    assert compare([said("a")], [revision(said("a")), revision(said("a"), key="b")])["doubled"] == 1


def test_what_was_refused_and_what_nobody_said_must_not_be_stored():
    refused, silent = (said(outcome, outcome=outcome) for outcome in ("refused", "unanswered"))
    stored = [revision(refused), revision(silent), revision(refused, key="x")]
    found = against_refusals([refused, silent], stored)
    assert (found["stored_though_refused"], found["stored_though_unsaid"], found["unanswered"]) == (1, 1, 1)


def test_a_window_has_its_own_verdicts_failures_latencies_and_longest_silence():
    early, late = said("a", 1, sent_at=10.5, answered_at=11), said("b", 2, sent_at=14, answered_at=15)
    outside = said("c", 3, sent_at=29, answered_at=31)
    all_said = [early, late, outside]
    found = row(Window("kill web", 10, 20), all_said, [revision(s) for s in all_said], failures=[12, 13, 25])
    assert (found["acknowledged"], found["requests_failed"], found["seconds"]) == (2, 2, 10)
    assert (found["silent_s"], found["p50_ms"], found["p95_ms"]) == (5, 750, 975)
