"""python -m tests.system.make_verdicts NAME: a dataset of this name, scored and reviewed by two people.

Prints its id. Runs in the environment of the site that the stories look at. There are so many verdicts that a job works
out what they say, and a scorer learns from them.
"""

import os
import sys

import django

DIALOGUES, REVIEWED = 140, 105


def main(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"
    django.setup()
    from django.contrib.auth.models import User

    from tests import build

    dataset, version = build.shop(name, ["train"] * DIALOGUES), build.champion()
    build.answered(dataset, version)
    score(dataset)
    spec = build.round_spec(dataset, version=version, order="random", size=REVIEWED, name=name, overlap=2)
    round_ = build.make_round(spec)
    for n, annotator in enumerate(("annotator", "annotator2"), start=1):
        who = User.objects.get(username=annotator)
        round_.assignments.filter(n=n).update(annotator=who, state="taken")
        review(round_, who, n)
    print(dataset.pk)


def score(dataset) -> None:
    """Any components, under the scorer set that the site has."""
    import numpy as np

    from scoring.models import Profile, Score, ScorerSet

    profile = Profile.objects.active_for(dataset, ScorerSet.objects.current())
    random = np.random.default_rng(1)
    made = []
    for comparison in dataset.comparisons.all():
        repeated = {name: getattr(comparison, name) for name in ("dataset", "version", "kind", "split")}
        parts = dict(zip(("similarity", "match_end", "match_cloud"), random.random(3), strict=True))
        row = Score(comparison=comparison, scorer_set=profile.scorer_set, profile=profile, **repeated, **parts)
        row.final = row.final_under(profile.parameters)
        made.append(row)
    Score.objects.bulk_create(made)


def review(round_, who, seed: int) -> None:
    """People go by the match alone, and accept every reply with more than a little of it."""
    import numpy as np

    from review.desk.verdicts import record
    from review.models import RoundItem
    from scoring.models import Score
    from tests import build

    match = dict(Score.objects.values_list("comparison", "match_end"))
    random = np.random.default_rng(seed)
    for item in RoundItem.objects.filter(round=round_).select_related("comparison__turn", "round"):
        accepts = match[item.comparison_id] + 0.2 * random.normal() > 0.3
        record(who, item, build.verdict_input("end" if accepts else "reference"))


if __name__ == "__main__":
    main(sys.argv[1])
