"""Messages to a real server and a real mailbox: once each, signed, again after a failure, with nothing private."""

import json
import logging
from copy import deepcopy
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ecc_site import tasks
from ecc_site.core.models import AuditEntry
from ecc_site.models import Alert, Delivery, DeliveryAttempt, Recipient
from ecc_site.watch.measuring import watch
from ecc_site.watch.notify import sending, webhook
from ecc_site.watch.notify.signing import signed_headers
from ecc_site.watch.notify.telling import send_test
from serving.models import Alias
from tests import build
from tests.serving.provider import Behaviour
from tests.watch.shop import Shop

pytestmark = pytest.mark.django_db

SECRET = "a secret of the webhook itself"
TAKEN = Behaviour(b"")


@pytest.fixture
def hook(provider, settings) -> Recipient:
    settings.OWN_HOSTS = ["127.0.0.1"]
    return Recipient.objects.create(channel="webhook", address=f"{provider.url}/alerts?a=1", secret=SECRET)


@pytest.fixture
def mailbox(settings):
    settings.EMAIL_HOST = "mail.shop.example"
    return mail.outbox


@pytest.fixture(scope="module")
def watched(module_db) -> Shop:
    """Three hundred good answers have been looked at."""
    shop = Shop()
    shop.goes_on(300)
    watch()
    return shop


@pytest.fixture
def shop(db, watched) -> Shop:
    return deepcopy(watched)


@pytest.fixture
def worsening(shop):
    """Every answer of the newest window is empty; what customers said is not in any message."""

    def worsen() -> Alert:
        shop.goes_on(texts=[""] * 150)
        watch()
        return Alert.objects.get(subject="empty")

    return worsen


def deliver_all() -> None:
    """What a worker does with the tasks of all that is due."""
    for key in Delivery.objects.due().values_list("key", flat=True):
        tasks.deliver.apply(args=[str(key)], throw=True)


def one(of: str = "empty") -> Delivery:
    return Delivery.objects.get(alert__subject=of)


# --- webhooks


@pytest.mark.database
def test_an_alert_is_posted_once_and_signed(hook, provider, worsening):
    provider.will(*[TAKEN] * 20)
    alert = worsening()
    deliver_all()
    watch()
    deliver_all()
    seen = [request for request in provider.seen if request.body["data"]["figures"]["subject"] == "empty"]
    assert len(seen) == 1
    [request] = seen
    assert request.path == "/alerts?a=1"
    assert request.headers["host"] == provider.url.removeprefix("http://")
    sent = {name: request.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    timestamp = int(sent["webhook-timestamp"])
    assert abs(timestamp - timezone.now().timestamp()) < 600
    assert sent == signed_headers(SECRET, request.body["id"], timestamp, request.raw.encode())
    assert request.body["type"] == "alert.opened"
    figures = request.body["data"]["figures"]
    assert (figures["dataset"], figures["version"], figures["n"]) == ("shop", "v1", 150)
    assert request.body["data"]["link"].endswith(f"/watch/{alert.pk}/")
    assert "Empty answers rose from 0.0% to 100%" in request.body["data"]["sentence"]


def test_its_end_is_told_too(hook, provider, worsening, shop):
    provider.will(*[TAKEN] * 40)
    worsening()
    shop.goes_on(900)
    watch()
    deliver_all()
    told = [r.body["type"] for r in provider.seen if r.body["data"]["figures"]["subject"] == "empty"]
    assert told == ["alert.opened", "alert.over"]


def test_so_is_the_end_by_another_version_with_the_reason(hook, provider, worsening):
    provider.will(*[TAKEN] * 40)
    worsening()
    Alias.move("champion", build.version("v2"))
    watch()
    deliver_all()
    told = [r.body for r in provider.seen if r.body["data"]["figures"]["subject"] == "empty"]
    assert [body["type"] for body in told] == ["alert.opened", "alert.over"]
    assert told[1]["data"]["sentence"] == "another version answers now"


def test_who_was_switched_off_gets_no_message_that_waits(hook, provider, worsening):
    worsening()
    Recipient.objects.update(active=False)
    deliver_all()
    assert provider.seen == []
    assert one().state == Delivery.State.FAILED
    assert one().attempts_made.get().words == "the recipient is switched off"


def test_nothing_that_a_customer_said_is_told(hook, provider, worsening):
    provider.will(*[TAKEN] * 20)
    worsening()
    deliver_all()
    for word in ("question 4", "reply 4", "in stock"):
        assert all(word not in request.raw for request in provider.seen)


def test_a_failure_is_written_down_and_sent_again_later_with_the_same_id(hook, provider, worsening):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    provider.will(Behaviour(b"the queue is full", 503), TAKEN)
    deliver_all()
    message = one()
    assert (message.state, message.attempts) == ("waiting", 1)
    pause = message.due_at - timezone.now()
    assert timedelta(seconds=20) < pause <= timedelta(seconds=30)
    assert not Delivery.objects.due().exists()
    Delivery.objects.update(due_at=timezone.now())
    deliver_all()
    assert one().state == "sent"
    first, second = (request.body for request in provider.seen)
    assert first == second
    attempts = list(DeliveryAttempt.objects.order_by("pk").values_list("status", "words", "succeeded"))
    assert attempts == [(503, "the queue is full", False), (200, "", True)]


def test_pauses_grow_and_end(hook, provider, worsening):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    pauses = []
    while one().state == "waiting":
        Delivery.objects.update(due_at=timezone.now())
        deliver_all()
        pauses.append((one().due_at - timezone.now()).total_seconds())
    assert one().state == "failed"
    assert len(provider.seen) == sending.MOST_ATTEMPTS == DeliveryAttempt.objects.count()
    assert [round(pause / 30) for pause in pauses[:-1]] == [4**i for i in range(sending.MOST_ATTEMPTS - 1)]


def test_a_receiver_that_is_gone_is_asked_no_more(hook, provider, worsening):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    provider.will(Behaviour(b"", 410))
    deliver_all()
    assert (one().state, one().attempts) == ("failed", 1)


def test_no_redirect_is_followed(hook, provider, worsening):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    provider.will(Behaviour(b"", 307, {"Location": f"{provider.url}/elsewhere"}))
    deliver_all()
    assert [request.path for request in provider.seen] == ["/alerts?a=1"]
    assert (one().state, DeliveryAttempt.objects.get().status) == ("waiting", 307)


@pytest.mark.parametrize("behaviour", [Behaviour(drip=True), Behaviour(silent=True), Behaviour(b"x" * 5 * 2**20)])
def test_a_receiver_that_keeps_us_or_says_too_much_is_a_failure(hook, provider, worsening, behaviour, monkeypatch):
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    provider.will(behaviour)
    deliver_all()
    attempt = DeliveryAttempt.objects.get()
    assert not attempt.succeeded
    assert attempt.words


def test_a_place_that_is_forbidden_by_now_gets_nothing(hook, provider, worsening, settings):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    settings.OWN_HOSTS = []
    deliver_all()
    assert provider.seen == []
    assert one().state == "failed"


@pytest.mark.database
def test_a_message_that_two_workers_have_is_sent_once(hook, provider, worsening):
    worsening()
    message = one()
    assert Delivery.objects.claim(str(message.key)).attempts == 1
    tasks.deliver.apply(args=[str(message.key)], throw=True)
    assert provider.seen == []


@pytest.mark.database
def test_the_message_of_a_worker_that_died_is_due_again(hook, provider, worsening):
    worsening()
    Delivery.objects.exclude(pk=one().pk).delete()
    Delivery.objects.claim(str(one().key))
    Delivery.objects.update(due_at=timezone.now())  # its lease is over
    provider.will(TAKEN)
    deliver_all()
    assert (one().state, one().attempts) == ("sent", 2)


def test_the_secret_stands_on_no_page_in_no_log_and_in_no_message(hook, provider, worsening, as_manager, caplog):
    caplog.set_level(logging.DEBUG)
    provider.will(*[Behaviour(f"your secret is {SECRET}".encode(), 400)] * 20)
    alert = worsening()
    deliver_all()
    pages = [as_manager.get(path).content.decode() for path in ("/watch/recipients/", f"/watch/{alert.pk}/", "/audit/")]
    assert "your secret is [KEY]" in pages[0]
    assert all(SECRET not in text for text in [*pages, caplog.text, *(r.raw for r in provider.seen)])


def test_the_environment_may_name_a_webhook(provider, settings, worsening):
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = provider.url, SECRET
    provider.will(*[TAKEN] * 20)
    worsening()
    deliver_all()
    assert one().recipient is None
    assert one().state == "sent"


@pytest.mark.database
def test_what_the_beat_finds_due_is_handed_to_tasks(hook, worsening, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(sending.current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    worsening()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_due.apply(throw=True)
    assert ("ecc_site.tasks.deliver", [str(one().key)]) in sent


# --- e-mail


def test_an_alert_is_mailed_in_the_language_of_its_reader(mailbox, worsening):
    Recipient.objects.create(channel="email", address="li@shop.example", language="zh-hans")
    Recipient.objects.create(channel="email", address="ann@shop.example")
    worsening()
    deliver_all()
    by_reader = {message.to[0]: message for message in mailbox}
    assert by_reader["ann@shop.example"].subject == "[ECC] Empty answers · shop"
    assert "rose from 0.0% to 100%" in by_reader["ann@shop.example"].body
    assert f"/watch/{Alert.objects.get(subject='empty').pk}/" in by_reader["li@shop.example"].body
    assert by_reader["li@shop.example"].subject != by_reader["ann@shop.example"].subject
    [key] = Delivery.objects.filter(address="ann@shop.example", alert__subject="empty").values_list("key", flat=True)
    assert str(key) in by_reader["ann@shop.example"].extra_headers["Message-ID"]


def test_all_managers_with_an_address_get_one_each(mailbox, worsening, person):
    person("boss", "manager", email="boss@shop.example")
    person("root", "admin", email="root@shop.example", is_superuser=True)
    person("gone", "manager", email="gone@shop.example", is_active=False)
    person("ann", "annotator", email="ann@shop.example")
    person("silent", "manager")
    Recipient.objects.create(channel="managers")
    worsening()
    assert sorted(Delivery.objects.filter(alert__subject="empty").values_list("address", flat=True)) == [
        "boss@shop.example",
        "root@shop.example",
    ]


def test_mail_goes_through_the_backend_that_django_has(mailbox, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    recipient = Recipient.objects.create(channel="email", address="ann@shop.example")
    assert send_test(recipient) == 1
    deliver_all()
    [file] = tmp_path.iterdir()
    assert "To: ann@shop.example" in file.read_text()
    assert Delivery.objects.get().state == "sent"


def test_a_mail_server_that_does_not_answer_is_asked_again(settings, free_port, mailbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    send_test(Recipient.objects.create(channel="email", address="ann@shop.example"))
    deliver_all()
    assert Delivery.objects.get().state == "waiting"
    assert "Connection" in DeliveryAttempt.objects.get().words


def test_without_a_mail_server_nobody_is_mailed(worsening):
    Recipient.objects.create(channel="email", address="ann@shop.example")
    worsening()
    assert not Delivery.objects.exists()


# --- the page


def test_a_webhook_is_added_tested_switched_off_and_removed(as_manager, provider, settings):
    settings.OWN_HOSTS = ["127.0.0.1"]
    given = {"channel": "webhook", "address": f"{provider.url}/x", "secret": SECRET, "language": "en"}
    assert as_manager.post("/watch/recipients/", given).status_code == 302
    recipient = Recipient.objects.get()
    provider.will(TAKEN)
    as_manager.post(f"/watch/recipients/{recipient.pk}/", {"act": "test"})
    deliver_all()
    assert provider.seen[0].body["type"] == "alert.test"
    as_manager.post(f"/watch/recipients/{recipient.pk}/", {"act": "off"})
    assert not Recipient.objects.get().active
    as_manager.post(f"/watch/recipients/{recipient.pk}/", {"act": "remove"})
    assert not Recipient.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("detail", flat=True)) == ["added", "off", "removed"]
    assert SECRET not in "".join(AuditEntry.objects.values_list("target", flat=True))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"channel": "webhook", "address": "http://shop.example/", "secret": SECRET}, "with https"),
        ({"channel": "webhook", "address": "https://10.0.0.1/", "secret": SECRET}, "OWN_HOSTS"),
        ({"channel": "webhook", "address": "https://shop.example/", "secret": "short"}, "24 to 64"),
        ({"channel": "webhook", "address": "https://shop.example/"}, "24 to 64"),
        ({"channel": "email", "address": "nobody"}, "not an e-mail address"),
        ({"channel": "email"}, "not an e-mail address"),
        ({"channel": "pigeon", "address": "x"}, "pigeon"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused_and_kept_in_the_form(as_manager, given, said):
    page = as_manager.post("/watch/recipients/", {"language": "en", **given}).content.decode()
    assert said in page
    assert SECRET not in page
    assert given.get("address", "") in page
    assert not Recipient.objects.exists()


@pytest.mark.database
def test_an_address_is_told_once(as_manager):
    given = {"channel": "email", "address": "ann@shop.example", "language": "en"}
    for _ in range(2):
        as_manager.post("/watch/recipients/", given)
    assert Recipient.objects.count() == 1


def test_the_body_is_the_same_bytes_at_every_attempt(hook):
    send_test(hook)
    message = Delivery.objects.get()
    assert webhook.body_of(message) == webhook.body_of(Delivery.objects.get())
    assert json.loads(webhook.body_of(message))["id"] == str(message.key)
