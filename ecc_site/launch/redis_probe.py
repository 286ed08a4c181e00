"""Who answers at REDIS_URL."""

import socket
import time

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError
from redis.retry import Retry

from ecc_site.launch.refusal import StartupError

LOADING_S = 60  # how long a Redis that reads its data from disk is waited for


class Address:
    """The parts of a REDIS_URL that may be shown: a password never is."""

    def __init__(self, url: str):
        try:
            self.client = redis.Redis.from_url(
                url, socket_connect_timeout=2, socket_timeout=2, retry=Retry(NoBackoff(), 0)
            )
        except ValueError as error:
            raise StartupError(f"REDIS_URL cannot be used: {error}.") from None
        parts = self.client.connection_pool.connection_kwargs
        self.scheme = url.partition("://")[0]
        self.path = parts.get("path")
        self.host, self.port = parts.get("host", "localhost"), parts.get("port", 6379)
        self.password = parts.get("password")

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether we could bring up a plain Redis of our own there."""
        return self.scheme == "redis" and (self.host in ("localhost", "::1") or self.host.startswith("127."))


def answers(address: Address) -> bool:
    """True where a Redis answers PING, False where nobody listens; a Refusal where it is refused or no Redis."""
    if not _somebody_listens(address):
        return False
    deadline = time.monotonic() + LOADING_S
    while True:
        try:
            return address.client.ping()
        except BusyLoadingError:
            if time.monotonic() > deadline:
                raise StartupError(f"Redis at {address} still loads its data after {LOADING_S} s.") from None
            time.sleep(0.2)
        except AuthenticationError:
            raise StartupError(
                f"Redis at {address} refuses: it asks for a password, or for another one; "
                "put it into REDIS_URL=redis://:PASSWORD@HOST:PORT/0."
            ) from None
        except ResponseError as error:
            raise StartupError(f"Redis at {address} refuses: {error}.") from None
        except RedisError:
            raise StartupError(
                f"What listens at {address} does not answer like a Redis; choose another address with REDIS_URL."
            ) from None


def _somebody_listens(address: Address) -> bool:
    try:
        if address.path:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(address.path)
        else:
            socket.create_connection((address.host, address.port), timeout=2).close()
    except OSError:
        return False
    return True
