"""The Celery application.

Its queues are `light` for imports and housekeeping, `models` for work that loads models, and `training`.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, heartbeat_sent, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")

app = Celery("ecc_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()  # of all INSTALLED_APPS


@setup_logging.connect
def keep_djangos_logging(**_: Any) -> None:
    """Celery sets up no logging of its own if this signal has a receiver."""


@heartbeat_sent.connect
def report_worker(sender: Any, **_: Any) -> None:
    from ecc_site.core.presence import mark_alive

    for queue in sender.eventer.app.amqp.queues.consume_from:
        mark_alive(queue)


@beat_init.connect
def report_beat(**_: Any) -> None:
    from ecc_site.core.presence import mark_alive

    mark_alive("beat")
