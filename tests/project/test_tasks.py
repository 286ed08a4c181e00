"""Whatever is sent to a worker is known there: a worker imports nothing but what Celery discovers."""

import os
import subprocess
import sys

from django.conf import settings

from ecc_site.core.jobs import job_models

KNOWN = """
from ecc_site.celery import app
app.loader.import_default_modules()
print(*app.tasks, sep="\\n")
"""


def test_a_worker_knows_every_job_and_everything_that_is_done_regularly():
    done = subprocess.run(
        [sys.executable, "-c", KNOWN], env=os.environ, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    sent = {model.task_name for model in job_models()}
    sent |= {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sent - set(done.stdout.split()) == set()
