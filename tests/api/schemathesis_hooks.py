"""What Schemathesis has to know beside the OpenAPI document: a key stands for one request, so each gets its own."""

import uuid

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, _kwargs):
    """Only of requests that fit: of others Schemathesis would forget what it has changed in them."""
    if KEY in (case.headers or {}) and not case.meta.generation.mode.is_negative:
        case.headers[KEY] = str(uuid.uuid4())
