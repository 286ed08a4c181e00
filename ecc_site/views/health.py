"""Whether web, database and Redis answer, for the launcher and for monitoring."""

import logging

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from ecc_site.core import presence

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    state = {"database": _database(), "redis": _redis()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        return False
    return True


def _redis() -> bool:
    try:
        return bool(presence.connection().ping())
    except redis.RedisError as error:
        logger.warning("Redis does not answer: %s", error)
        return False
