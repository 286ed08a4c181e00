"""What Schemathesis has to know beside the OpenAPI document."""

import uuid
from urllib.parse import urlencode

import schemathesis

KEY = "Idempotency-Key"
LONGEST = 3_000  # bytes of a query: gunicorn itself refuses a request line of more than 4,094


@schemathesis.hook
def before_call(context, case, _kwargs):
    """A key stands for one request, so each gets its own.

    Only those that fit: of others Schemathesis would forget what it has changed in them.
    """
    if KEY in (case.headers or {}) and not case.meta.generation.mode.is_negative:
        case.headers[KEY] = str(uuid.uuid4())


@schemathesis.hook
def filter_query(context, query):
    return len(urlencode(query or {}, doseq=True, errors="replace")) < LONGEST
