"""The surroundings of every test: an environment of its own, a Redis of its own, and the people who use the site.

pytest-django would load the settings before this file if pyproject.toml named them; therefore this file names them.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DATA_DIR = Path(tempfile.mkdtemp(prefix="ecc-tests-"))
WRITTEN_FOR_THE_SITE = (
    *("ECC_PROFILE", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TIME_ZONE", "IMPORT_MAX_BYTES"),
    *("END_MODEL", "CLOUD_MODEL", "SIMILARITY_MODEL", "MATCH_MODEL", "TRUST_REMOTE_CODE", "ECC_DEMO_PASSWORD"),
    *(
        "GEMINI_API_KEY",
        "GEMINI_ENDPOINT",
        "OPENAI_API_KEY",
        "CLOUD_TOKENS_PER_DAY",
        "CLOUD_TIMEOUT_S",
        "CLOUD_CONCURRENCY",
        "CLOUD_REQUESTS_PER_MINUTE",
        "CLOUD_WINDOW_TOKENS",
    ),
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


REDIS_PORT = _free_port()
for name in WRITTEN_FOR_THE_SITE:
    os.environ.pop(name, None)
os.environ["ECC_DATA_DIR"] = str(DATA_DIR)
os.environ["REDIS_URL"] = f"redis://127.0.0.1:{REDIS_PORT}/0"
os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"  # DATABASE_URL stays as it was given

import django  # noqa: E402
import pytest  # noqa: E402
import redis  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()  # now, because the conftest files of the folders import models
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; no test is about its strength


def pytest_configure(config):
    if settings.DATA_DIR != DATA_DIR and not config.getini("DJANGO_SETTINGS_MODULE"):
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: it makes the tests use the data of the real site.")


def pytest_unconfigure():
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """On SQLite the database of the tests is a file: threads could not share one in memory."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(DATA_DIR / "tests.sqlite3")


# --- Redis


@pytest.fixture(scope="session", autouse=True)
def redis_server():
    """The address of a real Redis that keeps nothing; it runs for all tests, so that none depends on the order."""
    from ecc_site.launch.redis_server import find_binary

    options = ["--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--dir", str(DATA_DIR)]
    server = subprocess.Popen([find_binary(), *options], stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for_redis(server)
        yield os.environ["REDIS_URL"]
    finally:
        server.terminate()
        server.wait()


def _wait_for_redis(server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", REDIS_PORT)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"The Redis of the tests did not start on port {REDIS_PORT}.")


@pytest.fixture(autouse=True)
def nothing_remembered(redis_server):
    """What one test leaves in Redis, in the cache of Django and in the connection to Redis, no other test meets."""
    from django.core.cache import cache

    from ecc_site.core import presence

    presence.connection.cache_clear()
    cache.clear()
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    yield
    presence.connection.cache_clear()


# --- people


@pytest.fixture
def person(db):
    """Make a user of this name with these roles; without a password, since the clients below are signed in."""
    from django.contrib.auth.models import Group, User

    def make(name: str, *roles: str, **values) -> User:
        user = User.objects.create_user(name, **values)
        # Made by a migration; a test with transactions of its own empties every table after it.
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
        return user

    return make


@pytest.fixture
def annotator(person):
    return person("annotator", "annotator")


@pytest.fixture
def manager(person):
    return person("manager", "manager")


@pytest.fixture
def admin_user(person):
    """As the demo makes it: in the group admin, and a superuser, so that Django's admin lets it do everything."""
    return person("admin", "admin", is_staff=True, is_superuser=True)


def _signed_in(user=None):
    from django.test import Client

    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def as_stranger(db):
    return _signed_in()


@pytest.fixture
def as_annotator(annotator):
    return _signed_in(annotator)


@pytest.fixture
def as_manager(manager):
    return _signed_in(manager)


@pytest.fixture
def as_admin(admin_user):
    return _signed_in(admin_user)
