"""What people do in a story of Teach: `python -m benchmarks.teach_story.in_site teach SEED CORRECTED WORDINGS STEPS`.

A program of its own, because the database belongs to the environment of a process. It prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")

LONGEST_S = 3600
Found = TypeVar("Found")


def teach(seed: int, corrected: int, wordings: int, steps: int) -> dict[str, Any]:
    """Correct, press Teach, start the run, and wait for its table."""
    from django.contrib.auth.models import User

    from dialogues.models import Dataset
    from training.models import Run
    from training.runs.arms import arms_of, remembered_of
    from training.runs.teach import teach as press_teach

    dataset = Dataset.objects.get(builtin=Dataset.Builtin.DEMO)
    correct(dataset, random.Random(seed), corrected)
    began = time.monotonic()
    manager = User.objects.get(username="manager")
    run = press_teach(dataset, manager)
    run.ask_for_preparation(manager)
    wait_for(lambda: Run.objects.get(pk=run.pk).report.taken)
    prospect = Run.objects.get(pk=run.pk).report.prospect
    Run.objects.filter(pk=run.pk).update(wordings=wordings, parameters=_shortened(run.parameters, steps))
    run.queue_last()
    done = wait_for(lambda: Run.objects.filter(pk=run.pk, state__in=["done", "failed"]).first())
    if done.state == "failed":
        raise SystemExit(done.error)
    trained = time.monotonic()
    arms = wait_for(lambda: arms_of(Run.objects.get(pk=run.pk)))
    return {
        "minutes": (time.monotonic() - began) / 60,
        "minutes_until_trained": (trained - began) / 60,
        "prospect": prospect,
        "learned": done.report.taken | {"repeats": done.report.repeats},
        "rates": {trial["rate"]: trial["dev_loss"] for trial in done.trials},
        "best": str(done.best),
        "remembered": remembered_of(done),
        "outcome": arms.outcome,
        "weights": arms.weights,
        "strata": {name: _stratum(stratum) for name, stratum in arms.rows},
    }


def correct(dataset: Any, rng: random.Random, count: int) -> None:
    """An annotator gives answers of the train split the reply of the shop's own agent."""
    from django.contrib.auth.models import User

    from dialogues.models import Answer
    from ecc_site.demo import end_version
    from review.desk.assignment import next_item
    from review.desk.verdicts import VerdictInput, record
    from review.models import Round
    from review.rounds.making import AT_ONCE, make_round
    from review.rounds.selection import Selection

    annotator = User.objects.get(username="annotator")
    everything = Selection(versions=(end_version().pk,), order="random", size=AT_ONCE)
    story = Round(dataset=dataset, kind="cloud", purpose="teach", name="story")
    round_ = make_round(story, everything, by=None)
    by_agent = Answer.objects.filter(turn__dialogue__dataset=dataset, turn__dialogue__split="train", source="human")
    said = dict(by_agent.exclude(text="").values_list("turn_id", "text"))
    asked = [turn for turn in round_.items.order_by("id").values_list("comparison__turn", flat=True) if turn in said]
    wanted = set(rng.sample(asked, count))
    while wanted and (item := next_item(round_, annotator)):
        turn = item.comparison.turn_id
        record(annotator, item, VerdictInput(uuid.uuid4(), "both_bad", correction=said[turn] if turn in wanted else ""))
        wanted.discard(turn)


def wait_for(look: Callable[[], Found | None]) -> Found:
    deadline = time.monotonic() + LONGEST_S
    while not (found := look()):
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain")
        time.sleep(0.5)
    return found


def _shortened(parameters: dict[str, Any], steps: int) -> dict[str, Any]:
    return parameters | ({"max_steps": steps, "warmup_steps": 0, "eval_every": 2, "save_every": 2} if steps else {})


def _stratum(stratum) -> dict[str, Any]:
    from benchmarks.teach import ARMS

    gains = {"both_gain": stratum.both_gain, "weights_gain": stratum.weights_beside_memory}
    intervals = {name: [gain.mean, gain.low, gain.high] for name, gain in gains.items()}
    return {"n": stratum.pairs, **{arm: getattr(stratum, arm) for arm in ARMS}, **intervals}


def main() -> None:
    import django

    django.setup()
    work, *numbers = sys.argv[1:]
    print(json.dumps({"teach": teach}[work](*map(int, numbers))))


if __name__ == "__main__":
    main()
