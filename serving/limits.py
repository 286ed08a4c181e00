"""What all workers together may ask of one cloud model, in Redis: slots, requests per minute, a circuit breaker.

Without Redis the limits cannot be enforced, so nothing leaves (fail closed). A model that runs here, such as the
recorded teacher, has no limits and needs no Redis.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

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
FAILURES_EXPIRE_S = 3600
LONGEST_WAIT_S = 300.0  # for a slot
LEASE_MARGIN_S = 30  # the slot of a dead worker is free again after the longest attempt plus this

# KEYS: calls under way (score: when the lease ends), calls of the last minute (score: when they started).
# ARGV: slots, requests per minute (0: unlimited), lease in ms, id of this call. Returns ms to wait, 0 with a slot.
TAKE_SLOT = """
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


def longest_attempt_s() -> float:
    """Seconds that one request may take: once the timeout for a silent server, once more for a slow body."""
    return 2.0 * settings.CLOUD_TIMEOUT_S


class RedisUnavailable(ExpectedError):
    """Redis, which holds the limits shared by all workers, does not answer as it should."""


class CircuitOpen(ExpectedError):
    """The cloud model failed several times in a row and is not asked for another `seconds`."""

    def __init__(self, sentence: str, seconds: float):
        super().__init__(sentence)
        self.seconds = seconds


class NoFreeSlot(CloudProblem):
    """All slots stayed taken; the provider was not asked."""

    may_pass = False

    def __init__(self) -> None:
        super().__init__("busy", f"all slots (CLOUD_CONCURRENCY) were taken for {LONGEST_WAIT_S:.0f} seconds")


class NoLimits:
    """For a model that runs here."""

    def check(self) -> None: ...

    def succeeded(self) -> None: ...

    def failed(self, problem: CloudProblem) -> None: ...

    @contextmanager
    def slot(self, pause: Callable[[float], object]) -> Iterator[None]:
        yield


class Limits:
    """For one cloud model. `check` and `slot` raise RedisUnavailable where Redis does not answer."""

    def __init__(self, version: Version):
        self.version = version
        digest = hashlib.sha256(version.model.encode()).hexdigest()[:16]
        self.prefix = f"ecc-{settings.INSTALLATION}:cloud:{digest}"

    def check(self) -> None:
        """Raises CircuitOpen while the model is not to be asked."""
        with self._redis() as connection:
            why = cast("str | None", connection.get(f"{self.prefix}:open"))
            milliseconds = connection.pttl(f"{self.prefix}:open")
        if why is not None and milliseconds > 0:
            seconds = milliseconds / 1000
            raise CircuitOpen(
                f"{self.version} failed {FAILURES_IN_A_ROW} times in a row ({why}) and is not asked for "
                f"another {seconds:.0f} seconds; the replies so far are kept.",
                seconds,
            )

    def succeeded(self) -> None:
        with self._best_effort() as connection:
            connection.delete(f"{self.prefix}:failures", f"{self.prefix}:open")

    def failed(self, problem: CloudProblem) -> None:
        """Count a failure of the provider; a reply that was blocked or empty shows that it is up."""
        if isinstance(problem, NoFreeSlot):
            return
        if not (problem.may_pass or problem.outcome == "refused"):
            self.succeeded()
            return
        with self._best_effort() as connection:
            count = connection.incr(f"{self.prefix}:failures")
            connection.expire(f"{self.prefix}:failures", FAILURES_EXPIRE_S)
            if count >= FAILURES_IN_A_ROW:  # also at the first failure after it was open
                connection.set(f"{self.prefix}:open", str(problem), ex=OPEN_S)

    @contextmanager
    def slot(self, pause: Callable[[float], object]) -> Iterator[None]:
        """Holds a slot for one request, and waits for it. Raises NoFreeSlot where that takes too long."""
        call, waited = uuid.uuid4().hex, 0.0
        while wait_s := self._take_slot(call):
            if waited + wait_s > LONGEST_WAIT_S:
                raise NoFreeSlot
            pause(wait_s)
            waited += wait_s
        try:
            yield
        finally:
            self._release_slot(call)

    def _take_slot(self, call: str) -> float:
        """Seconds to wait before trying again, 0 where the call has its slot."""
        lease_ms = round(1000 * (longest_attempt_s() + LEASE_MARGIN_S))
        numbers = [settings.CLOUD_CONCURRENCY, settings.CLOUD_REQUESTS_PER_MINUTE, lease_ms]
        with self._redis() as connection:
            keys = [f"{self.prefix}:inside", f"{self.prefix}:minute"]
            return connection.register_script(TAKE_SLOT)(keys=keys, args=[*numbers, call]) / 1000

    def _release_slot(self, call: str) -> None:
        with self._best_effort() as connection:
            connection.zrem(f"{self.prefix}:inside", call)

    @contextmanager
    def _best_effort(self) -> Iterator[redis.Redis]:
        """For updates after a reply, which must not be lost together with Redis; a lease expires by itself."""
        try:
            yield presence.connection()
        except redis.RedisError as error:
            logger.warning("the limits of %s could not be updated: %s", self.version, error)

    @contextmanager
    def _redis(self) -> Iterator[redis.Redis]:
        try:
            yield presence.connection()
        except redis.RedisError as error:
            raise RedisUnavailable(
                f"Redis at {presence.redis_address()} failed ({type(error).__name__}), so the limits shared by all "
                "workers cannot be enforced and no cloud model is asked; the replies so far are kept."
            ) from error


def limits_of(version: Version) -> Limits | NoLimits:
    return Limits(version) if provider_of(version).is_remote else NoLimits()
