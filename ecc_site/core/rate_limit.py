"""How often something may be done in a minute, counted in Redis for all web processes together."""

from __future__ import annotations

import logging

import redis
from django.conf import settings

from ecc_site.core.presence import connection

logger = logging.getLogger(__name__)

WINDOW_S = 60


def seconds_to_wait(who: str, limit: int) -> int:
    """0 where it may be done once more, else how long to wait; `limit` 0 is no limit.

    A window begins with the first use of `who`. Where Redis does not answer, nobody has to wait.
    """
    if not limit:
        return 0
    key = f"ecc-{settings.INSTALLATION}:used:{who}"
    try:
        count = connection().pipeline()
        count.set(key, 0, ex=WINDOW_S, nx=True)
        count.incr(key)
        count.ttl(key)
        _begun, used, left = count.execute()
    except redis.RedisError as error:
        logger.warning("uses are not counted, Redis does not answer: %s", error)
        return 0
    return max(1, left) if used > limit else 0
