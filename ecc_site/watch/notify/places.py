"""Which addresses a webhook may have: decision 0028.

https to the public internet; http or https to hosts of the shop that OWN_HOSTS lists, or that the environment names as
the webhook itself. Never an address at which a cloud tells a machine its own secrets.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from ecc_site.core.errors import ExpectedError
from serving.hosts import host_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Of providers whose metadata service is not link-local: Alibaba and Oracle, and Amazon's over IPv6.
METADATA = [ipaddress.ip_network(net) for net in ("100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128")]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LONGEST = 500  # characters of a URL


class ForbiddenPlace(ExpectedError):
    """A webhook may not be sent there; the text says why."""


@dataclass(frozen=True)
class Place:
    """A checked address: what is connected to is the IP address that was checked, whatever the name means later."""

    url: str
    host: str
    port: int
    ip: str


def check_url(url: str) -> None:
    """What can be told without asking for the name's address. Raises ForbiddenPlace."""
    parts, own = _parts(url), is_own(url)
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        raise ForbiddenPlace(_("Give an address with https, or a host that OWN_HOSTS lists."))
    if parts.username or parts.password or parts.fragment:
        raise ForbiddenPlace(_("Give the address without a user, a password or a fragment."))
    literal = _literal(host_of(url))
    if literal:
        _check(literal, own)


def resolved(url: str) -> Place:
    """The place with an IP address that may be connected to. Raises ForbiddenPlace, and OSError for an unknown name."""
    check_url(url)
    parts, own, host = _parts(url), is_own(url), host_of(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:  # one bad address among good ones is what an attacker would bring
        _check(address, own)
    return Place(url, host, port, str(addresses[0]))


def is_own(url: str) -> bool:
    """Whether the operator has named this host."""
    return host_of(url) in {*settings.OWN_HOSTS, host_of(settings.ALERT_WEBHOOK_URL)} - {""}


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and len(url) <= LONGEST and url.isprintable()
    except ValueError:
        usable = False
    if not usable or " " in url:
        raise ForbiddenPlace(_("This is not an address."))
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _carried(address: Address) -> Address:
    """The IPv4 address to which an IPv6 address is translated on its way, where it is; else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _check(address: Address, own: bool) -> None:
    inner = _carried(address)
    special = inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved
    if special or any(inner in network for network in METADATA):
        raise ForbiddenPlace(_("No message is sent to this kind of address."))
    if not inner.is_global and not own:
        raise ForbiddenPlace(_("This host lies inside a network: only hosts that OWN_HOSTS lists are told there."))
