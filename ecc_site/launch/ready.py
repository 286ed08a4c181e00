"""Waiting until the site answers and every background process has been seen."""

import http.client
import time

import redis

from ecc_site.kit import presence

WAIT_S = 60
LOOK_EVERY_S = 0.25


def forget_earlier_run() -> None:
    """A key that the last run left behind would make a worker look alive before it is."""
    presence.connection().delete(*(presence._key(name) for name in presence.COMMANDS))


def missing(port: int) -> list[str]:
    """Names of what does not answer yet, "web" first."""
    if not web_answers(port):
        return ["web"]
    try:
        return presence.missing()
    except redis.RedisError:
        return ["redis"]


def web_answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait(port: int, seconds: float = WAIT_S) -> list[str]:
    """What is still missing when everything is there, or when the time is up."""
    deadline = time.monotonic() + seconds
    while (names := missing(port)) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    return names
