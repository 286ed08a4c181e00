"""What the tests of several folders use: a database, a Redis, the people of the site, a reviewed shop, models."""

import os
import subprocess
import time
from functools import partial

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management.color import no_style
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation

from dialogues.querysets import forget_counts
from ecc_site.core import presence
from ecc_site.launch.redis_server import find_binary
from knowledge import live
from review.score_room import people, tagged
from scoring.figures.kept import KEPT
from serving import loading
from tests import build, ports, ready_database
from tests import tiny_models as tiny
from tests import world as world_of_tests
from tests.build import make_round
from tests.serving.provider import Provider

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; no test is about its strength
settings.WHITENOISE_AUTOREFRESH = True  # else every test client looks up all static files of all applications
WSGIRequestHandler.disable_nagle_algorithm = True  # else each answer of a live server waits 40 ms for a delayed ACK
settings.JOB_HEARTBEAT_S = 3600  # it beats in a thread, which on SQLite would wait for the transaction of the test


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """On SQLite the database of the tests is a file: threads could not share one in memory.

    On PostgreSQL it is a copy of a database that is ready, where the suite has made one.
    """
    if connection.vendor == "sqlite":
        file = settings.DATA_DIR / "tests.sqlite3"
        ready_database.copy_to(file)
        connection.settings_dict["TEST"]["NAME"] = str(file)
    elif template := os.environ.get("ECC_TEST_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_keepdb():
    """On SQLite the tables are there already."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After a test with transactions of its own every table is emptied; then what migrations wrote comes back."""
    with django_db_blocker.unblock():
        # Django itself brings back the rows of these two.
        models = [model for model in apps.get_models() if model not in (ContentType, Permission)]
        written = {model: list(model._base_manager.all()) for model in models}

    def bring_back(**_):
        for model, rows in written.items():
            model._base_manager.bulk_create(rows)
        with connection.cursor() as cursor:  # PostgreSQL counts on from what was emptied, not from these rows
            for statement in connection.ops.sequence_reset_sql(
                no_style(), [model for model in written if written[model]]
            ):
                cursor.execute(statement)

    post_migrate.connect(bring_back, sender=apps.get_app_config("auth"))
    yield
    post_migrate.disconnect(bring_back, sender=apps.get_app_config("auth"))


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """What fixtures of a whole module write: its tests find it, and behind the last of them it is undone.

    For modules whose tests have no transactions of their own. A test reads the objects anew, since one before it may
    have changed them in memory.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- Redis


@pytest.fixture(scope="session")
def redis_server():
    """The address of a real Redis that keeps nothing."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    port = client.connection_pool.connection_kwargs["port"]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(settings.DATA_DIR)]
    server = subprocess.Popen([find_binary(), *options], stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(server, client)
        yield settings.REDIS_URL
    finally:
        client.close()
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen, client: redis.Redis) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The Redis of the tests did not start at {settings.REDIS_URL}.")


@pytest.fixture(scope="session")
def redis_client(redis_server):
    with redis.Redis.from_url(redis_server) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_remembered(redis_client):
    """What one test leaves in Redis, in memory, or as the language of the thread, no other test meets."""
    presence.connection.cache_clear()
    live.forget()
    KEPT.forget()
    forget_counts()
    tagged.forget()
    people.forget()
    cache.clear()
    translation.deactivate()
    redis_client.flushall()
    yield
    presence.connection.cache_clear()


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


# --- people


@pytest.fixture
def person(db):
    return build.person


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


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_stranger(db):
    return Client()


@pytest.fixture
def as_annotator(annotator):
    return _signed_in(annotator)


@pytest.fixture
def as_manager(manager):
    return _signed_in(manager)


@pytest.fixture
def as_admin(admin_user):
    return _signed_in(admin_user)


# --- a shop under review


@pytest.fixture
def reviewed(db):
    """Four dialogues of two open turns, the last of the test split, answered and scored: the later the better."""
    texts = [[f"{role} {i}.{k}" for k in range(2) for role in ("customer", "agent")] for i in range(4)]
    splits = ("train", "train", "train", "test")
    dataset = build.dataset(*(build.record(*said, split=split) for said, split in zip(texts, splits, strict=True)))
    build.scored(dataset, build.version("v1"), [(i + 1) / 10 for i in range(8)])
    return dataset


@pytest.fixture
def spec(reviewed):
    """What a manager may ask for; keyword arguments change it."""
    return partial(build.round_spec, reviewed)


@pytest.fixture
def round_(spec):
    """Three train dialogues, six items."""
    return make_round(spec(), by=None)


@pytest.fixture
def verdict_input():
    return build.verdict_input


# --- one row of everything


@pytest.fixture(scope="session")
def make_world(tmp_path_factory):
    """See tests/world.py; what somebody uploaded lies in a folder of its own."""
    return lambda annotator, *text: world_of_tests.make_world(annotator, tmp_path_factory.mktemp("uploads"), *text)


@pytest.fixture
def world(make_world, annotator):
    return make_world(annotator)


# --- models


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory):
    """Folders of end models with random weights by architecture; no test changes them."""
    return tiny.save_all(tmp_path_factory.mktemp("models"))


@pytest.fixture
def provider(monkeypatch):
    """A cloud that does as it is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Provider().listening() as listening:
        yield listening


@pytest.fixture
def nothing_loaded():
    """The process starts, and is left, without a loaded model."""
    loading._load.cache_clear()
    yield
    loading._load.cache_clear()
