"""Who answers at REDIS_URL."""

import asyncio
import socket
import time

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, ConnectionError, RedisError, ResponseError
from redis.retry import Retry

from ecc_site.startup import StartupError

LOADING_S = 60  # how long a Redis that reads its data from disk is waited for
LOOK_EVERY_S = 0.05


class Address:
    """A REDIS_URL; shown without its password."""

    def __init__(self, url: str, timeout_s: float = 2):
        try:
            self.client = redis.Redis.from_url(
                url, socket_connect_timeout=timeout_s, socket_timeout=timeout_s, retry=Retry(NoBackoff(), 0)
            )
        except ValueError as error:
            raise StartupError(f"REDIS_URL cannot be used: {error}.") from None
        parts = self.client.connection_pool.connection_kwargs
        self.scheme, self.timeout_s = url.partition("://")[0], timeout_s
        self.path = parts.get("path")
        self.host, self.port = parts.get("host", "localhost"), parts.get("port", 6379)
        self.password = parts.get("password")

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"

    def is_local(self) -> bool:
        """Whether we could bring up a plain Redis of our own there."""
        return self.scheme == "redis" and (self.host in ("localhost", "::1") or self.host.startswith("127."))

    def is_listening(self) -> bool:
        try:
            if self.path:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(self.path)
            else:
                socket.create_connection((self.host, self.port), self.timeout_s).close()
        except OSError:
            return False
        return True

    def answers(self) -> bool:
        """False where nobody listens or Redis still loads its data. StartupError where it refuses or is no Redis."""
        if not self.is_listening():
            return False
        try:
            return self.client.ping()
        except BusyLoadingError:
            return False
        except AuthenticationError:
            raise StartupError(
                f"Redis at {self} refuses: it asks for a password, or for another one; "
                "put it into REDIS_URL=redis://:PASSWORD@HOST:PORT/0."
            ) from None
        except ConnectionError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise StartupError(
                    f"The certificate of Redis at {self} is not trusted; name the authority that signed it with "
                    "REDIS_URL=rediss://…?ssl_ca_certs=FILE."
                ) from None
            return False  # it has ended since
        except ResponseError as error:
            raise StartupError(f"Redis at {self} refuses: {error}.") from None
        except RedisError:
            raise StartupError(
                f"What listens at {self} does not answer like a Redis; choose another address with REDIS_URL."
            ) from None

    def version(self) -> str:
        """Which Redis it is, for the operator."""
        try:
            return str(self.client.info("server").get("redis_version", ""))
        except RedisError:  # an account without the right to ask
            return ""

    async def wait(self, seconds: float = LOADING_S) -> None:
        """Return when it answers; StartupError when it has not done so in time."""
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                raise StartupError(f"Redis at {self} did not get ready within {seconds} s.")
            await asyncio.sleep(LOOK_EVERY_S)
