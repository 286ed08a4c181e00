"""A signed POST to a webhook. No redirect is followed, no proxy asked; what comes back is bounded in size and time."""

from __future__ import annotations

import json
import time
from urllib.parse import urlsplit, urlunsplit

import httpx2
from django.conf import settings

from ecc_site.models import Delivery
from ecc_site.watch.notify.outcome import Outcome
from ecc_site.watch.notify.places import ForbiddenPlace, Place, resolved
from ecc_site.watch.notify.signing import signed_headers
from serving.runtimes.http_limits import UnacceptableBody, bounded_client
from serving.runtimes.provider_words import words_of

TIMEOUT_S = 10
GONE = 410  # says that nobody wants these messages any more


def send(delivery: Delivery) -> Outcome:
    try:
        place = resolved(delivery.address)
    except ForbiddenPlace as forbidden:
        return Outcome(False, str(forbidden), for_good=True)
    except OSError as error:
        return Outcome(False, f"the name of the host is not known: {error}")
    try:
        return _post(delivery, place, secret_of(delivery))
    except UnacceptableBody as error:
        return Outcome(False, str(error))
    except (httpx2.HTTPError, OSError) as error:
        return Outcome(False, f"{type(error).__name__}: {error}")


def secret_of(delivery: Delivery) -> str:
    return delivery.recipient.secret if delivery.recipient else settings.ALERT_WEBHOOK_SECRET


def body_of(delivery: Delivery) -> bytes:
    """The same bytes at every attempt."""
    told = {
        "id": str(delivery.key),
        "type": f"alert.{delivery.event}",
        "timestamp": delivery.created_at.isoformat(),
        "data": delivery.content,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _post(delivery: Delivery, place: Place, secret: str) -> Outcome:
    """Connects to the address that was checked; the certificate has to be that of the name."""
    body = body_of(delivery)
    headers = signed_headers(secret, str(delivery.key), int(time.time()), body)
    with bounded_client(TIMEOUT_S, trust_env=False) as client:
        response = client.post(
            _with_address(place),
            content=body,
            headers=headers | {"Host": urlsplit(place.url).netloc, "Content-Type": "application/json"},
            extensions={"sni_hostname": place.host},
        )
    words = words_of(response.text, secret)
    return Outcome(response.is_success, words, response.status_code, for_good=response.status_code == GONE)


def _with_address(place: Place) -> str:
    host = f"[{place.ip}]" if ":" in place.ip else place.ip
    return urlunsplit(urlsplit(place.url)._replace(netloc=f"{host}:{place.port}"))
