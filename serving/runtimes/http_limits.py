"""What a server may send, and for how long: the body of a reply is bounded in bytes and in time."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from functools import cache
from typing import cast

import httpx2

MOST_BYTES = 4 * 2**20  # of a body: more than any reply has


class UnacceptableBody(Exception):
    """The body of a reply cannot be taken; the text says why."""


class _BoundedStream(httpx2.SyncByteStream):
    """Raises UnacceptableBody after MOST_BYTES, and ReadTimeout where the whole body takes too long."""

    def __init__(self, stream: httpx2.SyncByteStream, seconds: float):
        self.stream, self.seconds = stream, seconds

    def __iter__(self) -> Iterator[bytes]:
        deadline, size = time.monotonic() + self.seconds, 0
        for chunk in self.stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise UnacceptableBody(f"the server sent more than {MOST_BYTES:,} bytes")
            if time.monotonic() > deadline:
                raise httpx2.ReadTimeout("the body took too long")
            yield chunk

    def close(self) -> None:
        self.stream.close()


@cache
def trusted_certificates(trust_env: bool) -> ssl.SSLContext:
    """Those of this machine, or of SSL_CERT_FILE where the environment is trusted; reading them takes long."""
    return httpx2.create_ssl_context(trust_env=trust_env)


def bounded_client(seconds: float, *, trust_env: bool) -> httpx2.Client:
    """A client of which every body is bounded. `seconds` is for each read and again for a whole body."""

    def bound(response: httpx2.Response) -> None:
        # Unpacking could take gigabytes, and none was asked to pack.
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UnacceptableBody("the server sent a compressed body, which it was not asked for")
        response.stream = _BoundedStream(cast(httpx2.SyncByteStream, response.stream), seconds)

    return httpx2.Client(
        timeout=seconds,
        follow_redirects=False,  # a redirect would send the customer's words to a server that nobody configured
        verify=trusted_certificates(trust_env),
        trust_env=trust_env,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [bound]},
    )
