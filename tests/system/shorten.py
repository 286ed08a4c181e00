"""python -m tests.system.shorten RUN STEPS: a draft will train so many steps, a fraction of what is recommended.

Runs in the environment of the site that the stories look at.
"""

import os
import sys

import django

LOOKS = 4  # at the dev loss


def main(number: int, steps: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"
    django.setup()
    from training.models import Run

    run = Run.objects.get(pk=number, state=Run.State.DRAFT)
    every = steps // LOOKS
    fewer = {"max_steps": steps, "warmup_steps": every // 4, "eval_every": every, "save_every": every}
    run.parameters |= fewer
    run.data_report["chosen_by_hand"] = [*run.report.chosen_by_hand, *fewer]  # so that the form leaves them
    run.save(update_fields=["parameters", "data_report"])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
