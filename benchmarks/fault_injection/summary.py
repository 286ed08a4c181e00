"""All figures of one run, and whether they are good enough; plain Python."""

from __future__ import annotations

from collections import Counter

from benchmarks.fault_injection import figures
from benchmarks.fault_injection.crowd import Crowd
from benchmarks.fault_injection.figures import Window


def summary(windows: list[Window], crowd: Crowd, stored: dict) -> dict:
    """The first window is the baseline. `stored` is what the audit said."""
    said, revisions, failures = crowd.said, stored["revisions"], crowd.failures
    all_faults_together = Window("all of them", windows[1].begin, windows[-1].end)
    moments = [moment for moment, _what in failures]
    rows = [figures.row(window, said, revisions, moments) for window in (*windows, all_faults_together)]
    baseline, faults = figures.per_second(rows[0]), figures.per_second(rows[-1])
    overall = figures.compare([s for s in said if s.outcome == "acknowledged"], revisions)
    return {
        "faults": rows,
        "per_second": {"baseline": round(baseline, 1), "under_faults": round(faults, 1)},
        "ratio": round(faults / baseline, 2),
        "verdicts": overall | figures.against_refusals(said, revisions),
        "failures": dict(Counter(what for _moment, what in failures)),
        "jobs": _jobs(stored, crowd.manager.imports),
        "miscounted": stored["miscounted"],
        "over_assigned": stored["over_assigned"],
    }


def _jobs(stored: dict, acknowledged_imports: list[int]) -> dict:
    jobs = stored["jobs"]
    done = {job["id"] for job in jobs if job["kind"] == "import" and job["state"] == "done"}
    return {
        "states": dict(Counter(job["state"] for job in jobs)),
        "taken_up_again": sum(job["taken_up_again"] for job in jobs),
        "not_done": [job for job in jobs if job["state"] != "done"],
        "imports_lost": sorted(set(acknowledged_imports) - done),
        "incomplete": stored["incomplete"],
    }


def holds(found: dict) -> bool:
    """Nothing acknowledged was lost or doubled, nothing refused was stored, and every job ended done."""
    verdicts, jobs = found["verdicts"], found["jobs"]
    wrong = [verdicts[name] for name in ("lost", "doubled", "stored_though_refused", "stored_though_unsaid")]
    wrong += [jobs[name] for name in ("not_done", "imports_lost", "incomplete")]
    wrong += [found[name] for name in ("miscounted", "over_assigned", "fallen", "left_behind")]
    wrong += [row["trouble"] for row in found["faults"]]
    return verdicts["acknowledged"] > 0 and not any(wrong)
