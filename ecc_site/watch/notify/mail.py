"""A message as an e-mail, by Django's mail settings."""

from __future__ import annotations

from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from ecc_site.models import Delivery
from ecc_site.watch.notify.outcome import Outcome
from serving.runtimes.provider_words import words_of


def send(delivery: Delivery) -> Outcome:
    if not settings.EMAIL_HOST:
        return Outcome(False, "no mail server is configured", for_good=True)
    try:
        message_of(delivery).send()
    except SMTPResponseException as error:
        return Outcome(False, _words(error.smtp_error), error.smtp_code)
    except (SMTPException, OSError) as error:
        return Outcome(False, f"{type(error).__name__}: {_words(str(error))}")
    return Outcome(True)


def message_of(delivery: Delivery) -> EmailMessage:
    """Its Message-ID is the same at every attempt, by which mail programs know a repetition."""
    content = delivery.content
    with translation.override(content["language"]):
        text = "\n\n".join([content["sentence"], content["link"], _("The page behind the link says more.")])
    sender = settings.DEFAULT_FROM_EMAIL
    headers = {"Message-ID": f"<{delivery.key}@{sender.rpartition('@')[2].strip('> ') or 'localhost'}>"}
    title = " ".join(f"[ECC] {content['title']}".split())
    return EmailMessage(title, text, sender, [delivery.address], headers=headers)


def _words(said: str | bytes) -> str:
    return words_of(said.decode(errors="replace") if isinstance(said, bytes) else said, settings.EMAIL_HOST_PASSWORD)
