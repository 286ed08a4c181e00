"""The Celery application: queue `light` for imports and housekeeping, queue `models` where models are loaded."""

import os

from celery import Celery
from celery.signals import beat_init, heartbeat_sent, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")

app = Celery("ecc_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ecc_site.core", "dialogues", "scoring", "training"])


@setup_logging.connect
def use_the_logging_of_settings(**_):
    """Keep Celery from replacing Django's logging."""


@heartbeat_sent.connect
def say_that_this_worker_lives(sender, **_):
    from ecc_site.core.presence import seen

    for queue in sender.eventer.app.amqp.queues.consume_from:
        seen(queue)


@beat_init.connect
def say_that_beat_lives(**_):
    from ecc_site.core.presence import seen

    seen("beat")
