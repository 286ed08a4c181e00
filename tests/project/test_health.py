"""/healthz says whether work can be stored, not only whether somebody answers."""

import pytest
import redis
from django.db import connection

from ecc_site.core import presence

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_only_database():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")


def test_where_all_can_be_stored_it_is_200(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


def test_a_database_that_only_answers_is_503(client, read_only_database):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": False, "redis": True})


def test_a_redis_that_only_answers_is_503(client, redis_server):
    presence.connection().config_set("maxmemory", 1)
    try:
        response = client.get("/healthz")
    finally:
        presence.connection().config_set("maxmemory", 0)
    assert (response.status_code, response.json()) == (503, {"database": True, "redis": False})


def test_a_redis_that_is_away_is_503(client, settings, free_port):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port}/0"
    presence.connection.cache_clear()
    with pytest.raises(redis.RedisError):
        presence.write()
    assert client.get("/healthz").status_code == 503
