"""python -m tests.system.shorten RUN STEPS: a draft will train so many steps, a fraction of what is recommended.

In float32: the run of another story measures, as every run does before it trains, whether bfloat16 is faster here.

Runs in the environment of the site that the stories look at.
"""

import os
import sys

import django

LOOKS = 2  # at the dev loss


def main(number: int, steps: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"
    django.setup()
    from training.models import Run

    run = Run.objects.get(pk=number, state=Run.State.DRAFT)
    every = steps // LOOKS
    looks = {"eval_every": every, "save_every": every}
    short = {"max_steps": steps, "warmup_steps": every // 4, **looks, "precision": "float32"}
    run.parameters |= short
    run.data_report["chosen_by_hand"] = [*run.report.chosen_by_hand, *short]  # so that the form leaves them
    run.save(update_fields=["parameters", "data_report"])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
