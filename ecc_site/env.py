"""Reads typed values from environment variables; the error for a bad one says what was expected."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url

from serving.hosts import is_own
from serving.redaction import BadPattern, own_detector
from serving.runtimes.served_name import EXPECTED, SCHEME, served_name

ENCODED = "with %40 for @, %23 for #, %2F for / and %3F for ?"
LONGEST_SOCKET = 100  # characters of a path; the kernel takes 107
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class BadSetting(SystemExit):
    """An environment variable cannot be used; the message is shown and the process ends."""

    def __init__(self, name: str, value: str, expected: str):
        super().__init__(f"{name}={value!r} cannot be used: expected {expected}.")


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env_str(name).lower()
    if value and value not in TRUE | FALSE:
        raise BadSetting(name, value, "one of " + ", ".join(sorted(TRUE | FALSE)))
    return value in TRUE if value else default


def env_int(name: str, default: int, low: int = 0, high: int = 2**62) -> int:
    value = env_str(name)
    try:
        number = int(value) if value else default
    except ValueError:
        raise BadSetting(name, value, "a whole number") from None
    if not low <= number <= high:
        raise BadSetting(name, value, f"a whole number from {low} to {high}")
    return number


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env_str(name, default)
    if value not in choices:
        raise BadSetting(name, value, "one of " + ", ".join(choices))
    return value


def env_list(name: str, default: list[str]) -> list[str]:
    return [part.strip() for part in env_str(name).split(",") if part.strip()] or default


def env_price(name: str) -> tuple[float, str] | None:
    """An amount and its currency; None where there is none."""
    value = env_str(name)
    if not value:
        return None
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?([A-Z]{3})", value)
    if found is None:
        raise BadSetting(name, value, "an amount and a currency, such as 0.40 USD")
    return float(found[1]), found[2]


def env_path(name: str, default: Path) -> Path:
    return Path(env_str(name) or default).expanduser().absolute()


def env_patterns(name: str) -> dict[str, str]:
    """A JSON object of names and regular expressions; empty where there is none."""
    value = env_str(name)
    try:
        patterns = json.loads(value) if value else {}
        if not isinstance(patterns, dict) or not all(isinstance(pattern, str) for pattern in patterns.values()):
            raise ValueError
    except ValueError:
        raise BadSetting(name, value, 'a JSON object such as {"member_number": "M[0-9]{8}"}') from None
    try:
        for pair in patterns.items():
            own_detector(*pair)
    except BadPattern as bad:
        raise BadSetting(name, value, f"patterns that can be used. {pair[0]}: {bad}") from None
    return patterns


def env_time_zone(name: str, default: str) -> str:
    value = env_str(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise BadSetting(name, value, "the name of a time zone, such as Asia/Shanghai") from None
    return value


def env_url_prefix(name: str) -> str:
    """A sub-path such as /ecc, without a slash at its end; empty where there is none."""
    value = env_str(name).rstrip("/")
    if value and not re.fullmatch(r"(/[\w.~-]+)+", value):
        raise BadSetting(name, value, "a path such as /ecc")
    return value


def env_site_url(name: str, default: str) -> str:
    """Where people open the site, such as https://review.shop.example: what links in messages begin with."""
    value = env_str(name, default).rstrip("/")
    if not re.fullmatch(r"https?://[\w.\-\[\]:]+", value):
        raise BadSetting(name, value, "an address such as https://review.shop.example, without a path")
    return value


def require_own_server(name: str, model: str, own_hosts: Collection[str]) -> None:
    """A scorer behind a server reads the customers' words as they are, so the server has to be the shop's own."""
    if not model.startswith(SCHEME):
        return
    served = served_name(model)
    if served is None:
        raise BadSetting(name, model, EXPECTED)
    if not is_own(served.url, own_hosts):
        shown = "(hidden)" if "@" in served.url else model  # it may hold a password
        raise BadSetting(name, shown, "a server on this machine, or on a host that OWN_HOSTS lists")


def database(url: str) -> dj_database_url.DBConfig:
    """The database behind DATABASE_URL; the error for a bad one shows nothing of it, since it may hold a password."""
    try:
        found = dj_database_url.parse(url, conn_max_age=60)
        is_known = url.startswith(("postgres://", "postgresql://", "sqlite://"))
        is_complete = url.startswith("sqlite://") or bool(found.get("HOST") and found.get("NAME"))
    except ValueError:
        is_known = is_complete = False
    if not (is_known and is_complete):
        raise BadSetting(
            "DATABASE_URL",
            "(hidden)",
            f"postgres://user:password@host/name or sqlite:///path, {ENCODED} in the password",
        )
    return found


def own_redis_socket(data_dir: Path) -> Path:
    """Where a Redis of the site's own listens: a socket in a folder that only its account can open."""
    path = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ecc-{os.getuid()}-{digest}" / "redis.sock"


def redis_url(data_dir: Path) -> str:
    """REDIS_URL, else the address of a Redis of the site's own; the error for a bad one shows nothing of it."""
    url = env_str("REDIS_URL", f"unix://{own_redis_socket(data_dir)}?db=0")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme == "unix" or bool(parts.hostname or parts.port)
    except ValueError:
        is_address = False
    if not (is_address and url.startswith(("redis://", "rediss://", "unix://")) and "#" not in url):
        raise BadSetting(
            "REDIS_URL",
            "(hidden)",
            f"redis://:password@host:port/0, rediss://… or unix:///path, {ENCODED} in the password",
        )
    return url


def broker_url(url: str) -> str:
    """The same Redis as Celery writes it, which has a word of its own for sockets."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?virtual_host={parse_qs(query).get('db', ['0'])[0]}"
