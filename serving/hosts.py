"""Whose machine a server runs on: one of the shop's own, or somebody else's."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings


def host_of(url: str) -> str:
    """The host of an address in lower case, without user, password and port; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's by its form alone; a name that only resolves to it does not count."""
    host = host_of(url)
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_own(url: str, own_hosts: Collection[str] | None = None) -> bool:
    """Whether what is sent there stays in the shop: loopback, or one of these hosts, by default those of OWN_HOSTS."""
    return is_loopback(url) or host_of(url) in (settings.OWN_HOSTS if own_hosts is None else own_hosts)


def key_for(url: str) -> str:
    """OPENAI_API_KEY where it may be sent there, else nothing."""
    return settings.OPENAI_API_KEY if gets_openai_key(url) else ""


def gets_openai_key(url: str) -> bool:
    """Whether OPENAI_API_KEY may be sent there: OPENAI_API_HOSTS lists the host, alone or with its port.

    Without that list it is OpenAI's own host, and the server that CLOUD_MODEL names.
    """
    listed = settings.OPENAI_API_HOSTS or ["api.openai.com", _place_of(settings.CLOUD_MODEL.rpartition("@")[2])]
    return bool({host_of(url), _place_of(url)} & {place.lower() for place in listed if place})


def _place_of(url: str) -> str:
    """host:port of an address, in lower case; empty where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{host_of(url)}:{port}" if host_of(url) else ""
