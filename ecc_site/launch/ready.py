"""Waiting until the site answers and every background process has been seen."""

import asyncio
import http.client
import os
import time

from ecc_site.env import env_list

WAIT_S = 120
LOOK_EVERY_S = 0.25


def missing(port: int) -> list[str]:
    """Names of what does not answer yet, "web" first."""
    if not web_answers(port):
        return ["web"]
    return missing_workers()


def web_answers(port: int) -> bool:
    """Asked by a name that the site answers to: in production 127.0.0.1 need not be one of ALLOWED_HOSTS."""
    host = env_list("ALLOWED_HOSTS", ["127.0.0.1"])[0]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _set_up() -> None:
    # Imported late: Django's settings are read while the processes start, not before.
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    django.setup()


def notes() -> list[str]:
    """What the operator should know of a site that is ready."""
    _set_up()
    from serving.configured import still_another

    return [sentence for sentence in (still_another(),) if sentence]


def missing_workers() -> list[str]:
    import redis

    _set_up()
    from ecc_site.core import presence

    try:
        return presence.missing()
    except redis.RedisError:
        return ["redis"]


async def wait(port: int, seconds: float = WAIT_S) -> list[str]:
    """What is still missing when everything is there, or when the time is up."""
    deadline = time.monotonic() + seconds
    while (names := await asyncio.to_thread(missing, port)) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_EVERY_S)
    return names
