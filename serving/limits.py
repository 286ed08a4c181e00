"""What all workers together may ask of one cloud model, kept in Redis: places, requests a minute, a circuit breaker.

Where Redis is away the limits cannot be kept, so nothing leaves (fail closed). A model that runs here, such as the
recorded teacher, has no limits and needs no Redis.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

from ecc_site.core import presence
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from serving.providers import provider_of
from serving.runtimes.protocol import CloudProblem

logger = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 5  # then the circuit opens
OPEN_S = 60
REMEMBER_FAILURES_S = 3600
LONGEST_WAIT_S = 300.0  # for a place of our own
LEASE_MARGIN_S = 30  # a worker that died gives its place back after the timeout of a call and this

# KEYS: who is inside (scored by when the lease ends), who came in the last minute (scored by when).
# ARGV: places, requests a minute (0: any number), lease in ms, name of this call. Returns ms to wait, 0 when inside.
ENTER = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 60000)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 250 end
local rate = tonumber(ARGV[2])
if rate > 0 and redis.call('ZCARD', KEYS[2]) >= rate then
  return math.max(1, redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] + 60000 - now)
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('PEXPIRE', KEYS[2], 60000)
return 0
"""


class RedisAway(ExpectedError):
    """Redis, which keeps the limits that all workers share, does not answer as it should."""


class CircuitOpen(ExpectedError):
    """The cloud model failed several times in a row and is left alone for `seconds`."""

    def __init__(self, sentence: str, seconds: float):
        super().__init__(sentence)
        self.seconds = seconds


class Crowded(CloudProblem):
    """No place came free in time; the provider was not asked."""

    may_pass = False

    def __init__(self):
        super().__init__("busy", f"no place among CLOUD_CONCURRENCY came free in {LONGEST_WAIT_S:.0f} seconds")


class NoLimits:
    """Of a model that runs here."""

    def check(self) -> None: ...

    def succeeded(self) -> None: ...

    def failed(self, problem: CloudProblem) -> None: ...

    @contextmanager
    def place(self, pause: Callable[[float], object]) -> Iterator[None]:
        yield


class Limits:
    """Of one cloud model. `check` and the wait for a place raise RedisAway where Redis does not answer."""

    def __init__(self, version: Version):
        self.version = version
        digest = hashlib.sha256(version.model.encode()).hexdigest()[:16]
        self.prefix = f"ecc-{settings.INSTALLATION}:cloud:{digest}"

    def check(self) -> None:
        """Raises CircuitOpen while the model is left alone."""
        with self._redis() as connection:
            why, milliseconds = connection.get(f"{self.prefix}:open"), connection.pttl(f"{self.prefix}:open")
        if why is not None and milliseconds > 0:
            seconds = milliseconds / 1000
            raise CircuitOpen(
                f"{self.version} failed {FAILURES_IN_A_ROW} times in a row ({why.decode()}) and is left alone for "
                f"{seconds:.0f} more seconds; what was answered is kept.",
                seconds,
            )

    def succeeded(self) -> None:
        with self._noting() as connection:
            connection.delete(f"{self.prefix}:failures", f"{self.prefix}:open")

    def failed(self, problem: CloudProblem) -> None:
        """Count a failure of the provider; one reply that was blocked or empty says that it is alive."""
        if isinstance(problem, Crowded):
            return
        if not (problem.may_pass or problem.outcome == "refused"):
            self.succeeded()
            return
        with self._noting() as connection:
            count = connection.incr(f"{self.prefix}:failures")
            connection.expire(f"{self.prefix}:failures", REMEMBER_FAILURES_S)
            if count >= FAILURES_IN_A_ROW:  # also the first failure after it was open
                connection.set(f"{self.prefix}:open", str(problem), ex=OPEN_S)

    @contextmanager
    def place(self, pause: Callable[[float], object]) -> Iterator[None]:
        """One request's place inside; waits for it. Raises Crowded where that takes too long."""
        name, waited = uuid.uuid4().hex, 0.0
        while wait_s := self._enter(name):
            if waited + wait_s > LONGEST_WAIT_S:
                raise Crowded
            pause(wait_s)
            waited += wait_s
        try:
            yield
        finally:
            self._leave(name)

    def _enter(self, name: str) -> float:
        """Seconds to wait before asking again, 0 where the place is taken."""
        lease_ms = round(1000 * (settings.CLOUD_TIMEOUT_S + LEASE_MARGIN_S))
        numbers = [settings.CLOUD_CONCURRENCY, settings.CLOUD_REQUESTS_PER_MINUTE, lease_ms]
        with self._redis() as connection:
            keys = [f"{self.prefix}:inside", f"{self.prefix}:minute"]
            return connection.register_script(ENTER)(keys=keys, args=[*numbers, name]) / 1000

    def _leave(self, name: str) -> None:
        with self._noting() as connection:
            connection.zrem(f"{self.prefix}:inside", name)

    @contextmanager
    def _noting(self) -> Iterator[redis.Redis]:
        """For notes after a reply, which must not be lost because Redis is: a lease ends by itself."""
        try:
            yield presence.connection()
        except redis.RedisError as error:
            logger.warning("the limits of %s could not be noted: %s", self.version, error)

    @contextmanager
    def _redis(self) -> Iterator[redis.Redis]:
        try:
            yield presence.connection()
        except redis.RedisError as error:
            raise RedisAway(
                f"Redis at {presence.redis_address()} failed ({type(error).__name__}), so the limits that all workers "
                "share cannot be kept and no cloud model is asked; what was answered is kept."
            ) from error


def limits_of(version: Version) -> Limits | NoLimits:
    return Limits(version) if provider_of(version).is_remote else NoLimits()
