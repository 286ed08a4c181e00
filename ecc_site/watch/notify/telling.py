"""Who is told of an alert or of its end, and what: figures, names and a link, never what a customer said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ecc_site.core.roles import ADMIN, MANAGER
from ecc_site.models import Alert, Delivery, Recipient
from ecc_site.models.notifications import Channel
from ecc_site.watch import words
from ecc_site.watch.notify.sending import send_soon


def tell(event: Delivery.Event, alert: Alert) -> None:
    """Write a message to everybody who is to be told, in the transaction of what it tells; it is sent after that."""
    recipients = [*from_environment(), *Recipient.objects.filter(active=True)]
    messages = [_message(event, alert, recipient, to) for recipient in recipients for to in addresses_of(recipient)]
    Delivery.objects.bulk_create(messages, ignore_conflicts=True)
    for key in [message.key for message in messages]:
        send_soon(key)


def send_test(recipient: Recipient) -> int:
    """A message that says it is one, to each address; how many there are."""
    messages = [
        Delivery(
            event=Delivery.Event.TEST,
            content=_content(recipient.language, _("A test"), _("This is a test. Alerts are sent here."), _address()),
            **_whereto(recipient, to),
        )
        for to in addresses_of(recipient)
    ]
    with transaction.atomic():
        for message in messages:
            message.save()
            send_soon(message.key)
    return len(messages)


def from_environment() -> list[Recipient]:
    """What the operator of the site has named; none of them is stored."""
    found = [Recipient(channel=Channel.EMAIL, address=address) for address in settings.ALERT_EMAILS]
    if settings.ALERT_WEBHOOK_URL:
        found.append(Recipient(channel=Channel.WEBHOOK, address=settings.ALERT_WEBHOOK_URL))
    return found


def addresses_of(recipient: Recipient) -> list[str]:
    """Its own, or those of all managers; no e-mail address where no mail server is configured."""
    if recipient.channel != Channel.WEBHOOK and not settings.EMAIL_HOST:
        return []
    return list(_of_managers()) if recipient.channel == Channel.MANAGERS else [recipient.address]


def _of_managers() -> Iterator[str]:
    people = User.objects.filter(Q(groups__name__in=[MANAGER, ADMIN]) | Q(is_superuser=True), is_active=True)
    yield from people.exclude(email="").order_by("email").values_list("email", flat=True).distinct()


def _message(event: Delivery.Event, alert: Alert, recipient: Recipient, to: str) -> Delivery:
    with translation.override(recipient.language):
        subject, figures = words.heading(alert), _figures(alert)
        over = event == Delivery.Event.OVER
        title = _("Over: %(what)s") % {"what": subject} if over else subject
        said = _end_of(alert) if over else words.sentence(alert)
    content = _content(recipient.language, title, said, _address(alert)) | {"figures": figures}
    return Delivery(event=event, alert=alert, content=content, **_whereto(recipient, to))


def _end_of(alert: Alert) -> str:
    return words.now(alert) if alert.ending == Alert.Ending.WITHIN else alert.get_ending_display()


def _whereto(recipient: Recipient, to: str) -> dict[str, Any]:
    channel = Channel.WEBHOOK if recipient.channel == Channel.WEBHOOK else Channel.EMAIL
    return {"recipient": recipient if recipient.pk else None, "channel": channel, "address": to}


def _content(language: str, title: str, sentence: str, link: str) -> dict[str, Any]:
    return {"language": language, "title": title, "sentence": sentence, "link": link}


def _address(alert: Alert | None = None) -> str:
    path = reverse("alert", args=[alert.pk]) if alert else reverse("watch")
    return settings.SITE_URL + path


def _figures(alert: Alert) -> dict[str, Any]:
    latest = alert.latest
    return {
        "alert": alert.pk,
        "subject": alert.subject,
        "dataset": str(alert.dataset),
        "version": str(alert.version),
        "reference": alert.kind,
        "bound": alert.bound,
        **{name: getattr(latest, name) for name in ("value", "low", "high", "before", "n")},
    }
