"""Whether web, database and Redis answer and can store something, for the launcher and for monitoring."""

import logging

import redis
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from ecc_site.core import presence
from ecc_site.core.models import HealthCheck

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    state = {"database": _database(), "redis": _redis()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _database() -> bool:
    try:
        HealthCheck.write()
    except DatabaseError:
        logger.exception("the database cannot be written")
        return False
    return True


def _redis() -> bool:
    try:
        presence.write()
    except redis.RedisError as error:
        logger.warning("Redis cannot be written: %s", error)
        return False
    return True
