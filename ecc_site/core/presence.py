"""Which background processes are running: each refreshes a key in Redis that expires soon after the process dies."""

import functools
import logging
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

COMMANDS = {
    "light": "celery -A ecc_site worker -Q light",
    "models": "celery -A ecc_site worker -Q models -c 1",
    "training": "celery -A ecc_site worker -Q training -c 1",
    "beat": "celery -A ecc_site beat",
}
SECONDS_TO_LIVE = {"light": 15, "models": 15, "training": 15, "beat": 60}


@functools.cache
def connection() -> redis.Redis:
    """The client of this process.

    Two threads that are the first may make two. A client closes a pool that it made itself, also under a transaction
    that has begun; one that was given to it stays open.
    """
    pool = redis.ConnectionPool.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True
    )
    return redis.Redis(connection_pool=pool)


def _key(process: str) -> str:
    return f"ecc-{settings.INSTALLATION}:alive:{process}"


def queue_key(queue: str) -> str:
    """Where Celery keeps the messages that wait in the queue (see CELERY_BROKER_TRANSPORT_OPTIONS)."""
    return f"ecc-{settings.INSTALLATION}:{queue}"


def mark_alive(process: str) -> None:
    """Record that the process is alive. If Redis does not answer, that is logged and the process carries on."""
    try:
        connection().set(_key(process), 1, ex=SECONDS_TO_LIVE.get(process, 15))
    except redis.RedisError as error:
        logger.warning("cannot tell Redis that %s is alive: %s", process, error)


def write() -> None:
    """Raises redis.RedisError where Redis cannot store anything, although it may still answer."""
    connection().set(_key("health"), 1, ex=60)


@dataclass(frozen=True)
class Process:
    """A kind of background process; a worker has the name of its queue."""

    name: str
    is_alive: bool
    waiting: int | None  # messages in its queue; None for beat, which has none

    @property
    def command(self) -> str:
        """How to start it."""
        return COMMANDS[self.name]


def processes() -> list[Process]:
    """All kinds in a fixed order. Raises redis.RedisError if Redis does not answer."""
    ask = connection().pipeline(transaction=False)
    for name in COMMANDS:
        ask.exists(_key(name))
        ask.llen(queue_key(name))
    answers = iter(ask.execute())
    return [
        Process(name, bool(alive), None if name == "beat" else waiting)
        for name, alive, waiting in zip(COMMANDS, answers, answers, strict=True)
    ]


def missing() -> list[str]:
    """Names of the processes not seen lately, in a fixed order. Raises redis.RedisError if Redis does not answer."""
    return [process.name for process in processes() if not process.is_alive]


def forget() -> None:
    """Remove the keys that an earlier run left behind; until a process starts, it must not look alive."""
    connection().delete(*(_key(name) for name in COMMANDS))


def redis_address() -> str:
    """Host and port of Redis, or its socket; without user and password, so that it can be shown."""
    options = connection().connection_pool.connection_kwargs
    return options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"


def missing_workers(request: HttpRequest) -> dict:
    """Context processor: banners about missing processes, cached for two seconds."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"banners": cache.get_or_set(f"banners-{get_language()}", _banners, timeout=2)}


def _banners() -> list[str]:
    try:
        return [
            _("The background process “%(name)s” is not running. Start it with: %(command)s")
            % {"name": name, "command": COMMANDS[name]}
            for name in missing()
        ]
    except redis.RedisError:
        return [_("Redis does not answer at %(url)s, so no background job can start.") % {"url": redis_address()}]
