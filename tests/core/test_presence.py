import logging

import pytest
import redis

from ecc_site.core import presence
from ecc_site.core.tasks import reap

NOWHERE = "redis://user:secret@127.0.0.1:1/0"


@pytest.fixture
def redis_away(settings):
    settings.REDIS_URL = NOWHERE
    presence.connection.cache_clear()


def test_a_process_that_was_seen_is_not_missing():
    assert presence.missing() == ["light", "models", "training", "beat"]
    presence.mark_alive("models")
    assert presence.missing() == ["light", "training", "beat"]


@pytest.mark.parametrize("process", presence.COMMANDS)
def test_a_process_is_forgotten_soon_after_its_last_sign(process):
    presence.mark_alive(process)
    (key,) = presence.connection().keys("*")
    assert 0 < presence.connection().ttl(key) <= presence.SECONDS_TO_LIVE[process]
    presence.connection().pexpire(key, 1)
    while presence.connection().exists(key):
        pass
    assert process in presence.missing()


def test_a_transaction_goes_on_when_another_thread_has_made_the_client_that_stays():
    transaction = presence.connection().pipeline()
    transaction.watch("key")
    presence.connection.cache_clear()
    assert transaction.connection.is_connected


def test_two_sites_that_share_a_redis_do_not_see_each_others_workers(settings):
    presence.mark_alive("light")
    settings.INSTALLATION = "another0"
    assert "light" in presence.missing()


@pytest.mark.django_db
def test_the_reaper_shows_that_beat_lives():
    reap()
    assert "beat" not in presence.missing()


def test_a_worker_that_cannot_reach_redis_goes_on_and_says_so(redis_away, caplog):
    with caplog.at_level(logging.WARNING):
        presence.mark_alive("light")
    assert "cannot tell Redis that light is alive" in caplog.text
    assert "secret" not in caplog.text


def test_missing_says_where_redis_is_away(redis_away):
    with pytest.raises(redis.RedisError):
        presence.missing()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:secret@redis.example:6380/2", "redis.example:6380"),
        ("rediss://:secret@redis.example/0", "redis.example:6379"),
        ("unix://user:secret@/run/redis.sock", "/run/redis.sock"),
        ("redis:///3", "localhost:6379"),
    ],
)
def test_the_address_that_is_shown_has_no_password(settings, url, shown):
    settings.REDIS_URL = url
    assert presence.redis_address() == shown


def test_the_page_names_each_missing_process_with_its_command(as_manager):
    presence.mark_alive("light")
    page = as_manager.get("/").content.decode()
    assert "celery -A ecc_site worker -Q models -c 1" in page
    assert "celery -A ecc_site beat" in page
    assert "worker -Q light" not in page


def test_the_page_says_that_redis_is_away_and_not_with_which_password(as_manager, redis_away):
    page = as_manager.get("/").content.decode()
    assert "Redis does not answer at 127.0.0.1:1" in page
    assert "secret" not in page


def test_a_stranger_is_told_nothing_about_processes(as_stranger):
    assert "celery" not in as_stranger.get("/accounts/login/").content.decode()


def test_banners_are_not_asked_for_again_within_two_seconds(as_manager, monkeypatch):
    as_manager.get("/")
    monkeypatch.setattr(presence, "missing", lambda: pytest.fail("asked Redis again"))
    assert "celery -A ecc_site beat" in as_manager.get("/").content.decode()
