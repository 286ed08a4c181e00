"""What is done and read inside a site: `python -m benchmarks.fault_injection.in_site WORK …`, JSON out.

WORK is prepare, end_sessions, end_leases or audit.

A program of its own, because the database belongs to the environment of a process.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")

ACTIVE_S = 240  # jobs that are active after so long have not ended


def prepare(annotators: int, rounds: int, password: str) -> dict:
    """Accounts, and rounds in which half of them review every comparison of the demo: leases are wanted."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from dialogues.models import Dataset
    from ecc_site.core.roles import ANNOTATOR, set_role
    from ecc_site.demo import end_version
    from review.models import Round
    from review.rounds.making import AT_ONCE, make_round
    from review.rounds.selection import Selection

    names = [f"fault-annotator-{n}" for n in range(annotators)]
    hashed = make_password(password)  # once: it is slow on purpose
    for name in names:
        set_role(User.objects.create(username=name, password=hashed), ANNOTATOR)
    dataset = Dataset.objects.get(builtin=Dataset.Builtin.DEMO)
    everything = Selection(versions=(end_version().pk,), order="random", size=AT_ONCE)
    rules = {"dataset": dataset, "kind": "cloud", "purpose": "teach", "overlap": max(1, annotators // 2)}
    made = [make_round(Round(name=f"faults {n}", **rules), everything, by=None) for n in range(rounds)]
    return {"annotators": names, "rounds": [round_.pk for round_ in made]}


def end_sessions() -> int:
    """How many people are signed out."""
    from django.contrib.sessions.models import Session

    return Session.objects.all().delete()[0]


def end_leases() -> int:
    """How many assignments others may take from now on."""
    from django.utils import timezone

    from review.models import Assignment

    return Assignment.objects.filter(state="taken").update(leased_until=timezone.now())


def audit(*rounds: int) -> dict:
    """What is stored of verdicts in these rounds and of all jobs, once no job is active any more."""
    from ecc_site.core.jobs import Job, job_models

    deadline = time.monotonic() + ACTIVE_S
    while any(model.objects.active().exists() for model in job_models()) and time.monotonic() < deadline:
        time.sleep(0.5)
    jobs = [job for model in job_models() for job in model.objects.exclude(state=Job.State.DRAFT)]
    return {
        "revisions": _revisions(rounds),
        "miscounted": _miscounted(rounds),
        "over_assigned": _over_assigned(rounds),
        "jobs": [_job(job) for job in jobs],
        "incomplete": _incomplete(),
    }


def _job(job) -> dict:
    taken_up_again = job.attempts > 1 or job.done_before > 0
    state = {"state": job.state, "error": job.error, "taken_up_again": taken_up_again}
    return {"name": str(job), "kind": job.slug, "id": job.pk, **state}


def _revisions(rounds) -> list[dict]:
    from review.models import VerdictRevision

    rows = VerdictRevision.objects.filter(verdict__round__in=rounds).values_list(
        "verdict__annotator__username", "verdict__item_id", "key", "preference", "correction", "note"
    )
    names = ("annotator", "item", "key", "preference", "correction", "note")
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows.order_by("pk")]


def _plain(value):
    return value if isinstance(value, int) else str(value)


def _miscounted(rounds) -> list[str]:
    """Rounds whose kept counter differs from the verdicts that are there."""
    from review.models import Round

    found = []
    for round_ in Round.objects.filter(pk__in=rounds):
        active = round_.verdicts.active().count()
        if round_.verdict_count != active:
            found.append(f"{round_}: {round_.verdict_count} counted, {active} stored")
    return found


def _over_assigned(rounds) -> list[int]:
    """Items with more verdicts than were wanted."""
    from django.db.models import Count, F

    from review.models import Verdict

    given = Verdict.objects.active().filter(round__in=rounds).values("item", "round__overlap")
    return list(given.annotate(count=Count("pk")).filter(count__gt=F("round__overlap")).values_list("item", flat=True))


def _incomplete() -> list[str]:
    """Imported datasets whose jobs ended as done, without all of what they were to make, or with some of it twice."""
    from dialogues.models import Dataset, ImportJob

    found: list[str] = []
    for job in ImportJob.objects.filter(state="done"):
        dataset = Dataset.objects.get(name=job.dataset_name)
        _compare(found, job, "dialogues", job.total, dataset.dialogues.count())
        _compare(found, job, "dialogues by the counter", job.total, dataset.dialogue_count)
        _check_answers(found, dataset)
        _check_scores(found, dataset)
    return found


def _check_answers(found: list[str], dataset) -> None:
    """The recorded teacher knows some questions only, the end model answers all."""
    for job in dataset.answer_jobs.filter(state="done"):
        answers = job.version.answers.filter(turn__dialogue__dataset=dataset).count()
        if job.version.kind == "end":
            _compare(found, job, "answers", dataset.open_turn_count, answers)
        _compare(found, job, "answers by the counter", answers, dataset.coverages.get(version=job.version).answer_count)


def _check_scores(found: list[str], dataset) -> None:
    from scoring.models import ScorerSet

    for job in dataset.score_jobs.filter(state="done"):
        scores = dataset.scores.filter(scorer_set=ScorerSet.objects.current()).count()
        _compare(found, job, "scores", dataset.comparisons.count(), scores)


def _compare(found: list[str], job, what: str, wanted: int, there: int) -> None:
    if wanted != there:
        found.append(f"{job}: {there} {what} instead of {wanted}")


def main() -> None:
    import django

    django.setup()
    work, *arguments = sys.argv[1:]
    if work == "prepare":
        annotators, rounds, password = arguments
        said = prepare(int(annotators), int(rounds), password)
    elif work == "end_sessions":
        said = end_sessions()
    elif work == "end_leases":
        said = end_leases()
    else:
        said = audit(*map(int, arguments))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
