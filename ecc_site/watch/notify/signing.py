"""Signs what a webhook gets, as standardwebhooks.com has it, for which receivers have libraries in most languages.

Headers: `webhook-id`, the same at every attempt; `webhook-timestamp`, seconds since 1970; `webhook-signature`, `v1,`
and the base64 of the HMAC-SHA256 of `id.timestamp.body`. A receiver compares the signature, refuses a time that is more
than five minutes from its own, and drops an id that it has had: so nobody can change a message or send it once more.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error

ENCODED = "whsec_"  # before a secret that is written in base64
SHORTEST, LONGEST = 24, 64  # bytes of a key


def signed_headers(secret: str, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt. key: the id of the message."""
    signed = b".".join([key.encode(), str(timestamp).encode(), body])
    signature = hmac.digest(key_of(secret), signed, "sha256")
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(signature).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: the bytes behind `whsec_`, else its own. ValueError for bad base64."""
    if not secret.startswith(ENCODED):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(ENCODED), validate=True)
    except Error:
        raise ValueError("what follows whsec_ is not base64") from None


def is_usable(secret: str) -> bool:
    """Whether its key is as long as the standard wants it."""
    try:
        return SHORTEST <= len(key_of(secret)) <= LONGEST
    except ValueError:
        return False
