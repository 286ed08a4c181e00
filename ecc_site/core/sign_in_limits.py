"""What django-axes asks about an attempt to sign in: the account, the address, and the page for who is locked out."""

import logging
from ipaddress import IPv6Address, IPv6Network, ip_address

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

logger = logging.getLogger(__name__)

LONGEST_NAME = User._meta.get_field("username").max_length
TOO_MANY_REQUESTS = 429


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own proxies saw; what stands before it in the header can be forged.

    A network of IPv6 counts as one address (its first one), since a customer of a provider is given all of it.
    """
    seen = [part for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    ours = seen[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES else []
    return _parse(ours[0] if ours else "") or _parse(request.META.get("REMOTE_ADDR", ""))


def _parse(text: str) -> str | None:
    """The address without a port, which some proxies add; None for what is no address."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 64), strict=False).network_address)


def attempted_name(request: HttpRequest, credentials: dict | None = None) -> str:
    """The name that was typed, no longer than that of any account: the log's column is not much longer."""
    typed = (credentials or request.POST).get("username") or ""
    return typed[:LONGEST_NAME]


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict | None = None) -> HttpResponse:
    """The page for a person who has failed too often; `response` is what they would have got."""
    logger.warning("sign-in as %r from %s is locked", attempted_name(request, credentials), client_address(request))
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    return render(request, "registration/locked_out.html", {"minutes": minutes}, status=TOO_MANY_REQUESTS)


def locked_names(names: list[str]) -> set[str]:
    """Which of these accounts are locked for some address."""
    lately = AccessAttempt.objects.filter(
        username__in=names, attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME
    )
    failures = lately.values("username", "ip_address").annotate(failures=Sum("failures_since_start"))
    return set(failures.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True))


def unlock(name: str) -> bool:
    """Forget the account's failed attempts from every address; False where there were none."""
    return bool(reset(username=name))
