"""Guessing passwords is slowed down, for each account and address; whoever is locked out is told so."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory

from ecc_site.core.sign_in_limits import client_address

pytestmark = pytest.mark.django_db
PASSWORD = "the right words"
PAGES = ["/accounts/login/", "/admin/login/"]


@pytest.fixture(autouse=True)
def alice(person):
    return person("alice", "admin", password=PASSWORD)


def attempt(page: str = PAGES[0], password: str = "wrong", name: str = "alice", **headers):
    return Client().post(page, {"username": name, "password": password}, **headers)


def fail_until_locked(page: str = PAGES[0], **headers):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert attempt(page, **headers).status_code == 200
    return attempt(page, **headers)


@pytest.mark.parametrize("page", PAGES)
def test_the_right_password_is_refused_after_too_many_wrong_ones(page):
    for _ in range(3 * settings.AXES_FAILURE_LIMIT):
        attempt(page)
    refused = attempt(page, PASSWORD)
    assert refused.status_code == 429
    assert "_auth_user_id" not in refused.client.session


def test_what_failed_on_one_page_counts_on_the_other():
    fail_until_locked(PAGES[0])
    assert attempt(PAGES[1], PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Try again in 15 minutes, or ask an admin"), ("zh-hans", "15 分钟后再试")]
)
def test_the_person_is_told_when_to_try_again_and_whom_to_ask(language, sentence):
    page = fail_until_locked(HTTP_ACCEPT_LANGUAGE=language)
    assert page.status_code == 429
    assert sentence in page.content.decode()


def test_other_accounts_and_other_addresses_are_not_locked(person):
    person("bob", password=PASSWORD)
    fail_until_locked()
    assert attempt(password=PASSWORD, name="bob").status_code == 302
    assert attempt(password=PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_the_lock_opens_by_itself():
    fail_until_locked()
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=16))
    assert attempt(password=PASSWORD).status_code == 302


def test_attempts_during_the_lock_do_not_make_it_longer():
    fail_until_locked()
    first = AccessAttempt.objects.get().attempt_time
    attempt()
    assert AccessAttempt.objects.get().attempt_time == first


def test_an_admin_unlocks_the_account_with_the_documented_command():
    fail_until_locked()
    call_command("axes_reset_username", "alice", verbosity=0)
    assert attempt(password=PASSWORD).status_code == 302


def test_a_success_forgets_the_failures_before_it():
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        attempt()
    assert attempt(password=PASSWORD).status_code == 302
    assert attempt().status_code == 200


def test_attempts_are_logged_without_the_password(caplog):
    fail_until_locked()
    attempt(password="another secret")
    assert AccessFailureLog.objects.filter(username="alice").count() == settings.AXES_FAILURE_LIMIT
    assert "sign-in as 'alice' from 127.0.0.1 is locked" in caplog.text
    stored = str([*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()])
    assert "wrong" not in stored
    assert "another secret" not in caplog.text + stored


@pytest.mark.parametrize("name", ["x" * 10_000, "长" * 300, "a\x00b", "\ud800".encode("utf-8", "surrogatepass")])
def test_no_name_that_can_be_typed_breaks_the_page(name):
    assert attempt(name=name).status_code == 200
    assert User.objects.count() == 1


# --- behind a proxy


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "unknown", "127.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxy_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_a_forged_header_gives_no_more_attempts(settings):
    settings.TRUSTED_PROXIES = 1
    for i in range(settings.AXES_FAILURE_LIMIT):
        attempt(HTTP_X_FORWARDED_FOR=f"203.0.113.{i}, 198.51.100.1")
    assert attempt(password=PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.1").status_code == 429
    assert attempt(password=PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.2").status_code == 302
