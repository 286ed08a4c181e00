"""What the resources share: ids, pages, keys, and how an operation is declared."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header, Path, Query, Router
from ninja.parser import Parser
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ecc_site.api.auth import Token
from ecc_site.api.errors import ApiError, ErrorResponse
from ecc_site.core.keyset import decode_cursor

LARGEST = 2**63 - 1  # that a column holds
MOST = 100  # rows that are sent at once
DIGITS = re.compile(r"[1-9][0-9]{0,18}")


def _number(value: Any) -> Any:
    """Only digits in an address are a number: not 1_0, not 1.0, which pydantic would read as one."""
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise ValueError(_("expected a whole number from 1 on"))
    return value


def _flag(value: Any) -> Any:
    """pydantic would also read 1, on and yes."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError(_("expected true or false"))
    return value


def _key(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        raise ValueError(_("expected a UUID such as 0f8fad5b-d9cb-469f-a165-70867728950e"))
    return value


Number = BeforeValidator(_number)
Id = Annotated[int, Field(ge=1, le=LARGEST)]
Flag = Annotated[bool, BeforeValidator(_flag)]
InPath = Annotated[int, Number, Path(..., ge=1, le=LARGEST)]
InQuery = Annotated[int, Number, Query(..., ge=1, le=LARGEST)]
Limit = Annotated[int, Number, Query(50, ge=1, le=200, description="how many at most")]
Cursor = Annotated[str, Query("", max_length=500, description="`next_cursor` of the page before")]
SENT_ONCE = "the same request with the same key is done once"
Key = Annotated[uuid.UUID, BeforeValidator(_key), Header(None, alias="Idempotency-Key", description=SENT_ONCE)]
NeededKey = Annotated[uuid.UUID, BeforeValidator(_key), Header(..., alias="Idempotency-Key", description=SENT_ONCE)]
ABSENT: Any = None
"""What a parameter is that was not sent: its type has no null, since an address cannot say null."""


class Sent(BaseModel):
    """A body: a name that is not known is an error, and no value is turned into one of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def id_after(cursor: str) -> int:
    """The id behind which the page begins, 0 without a cursor. Raises ApiError for one that this API has not given."""
    if not cursor:
        return 0
    key = decode_cursor(cursor, 1)
    if not key or type(key[0]) is not int or not 0 < key[0] <= LARGEST:
        raise ApiError(404, "unknown_cursor", _("No page has this cursor; begin again without one."), "cursor")
    return key[0]


class StrictJson(Parser):
    """JSON alone, without the NaN and Infinity that Python would read."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise ApiError(415, "unsupported_media_type", _("Send the body as application/json."))
        return json.loads(request.body, parse_constant=_no_constant, parse_float=_whole_or_not)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _whole_or_not(written: str) -> float:
    """In JSON 3.0 is the same whole number as 3."""
    number = float(written)
    return int(number) if number.is_integer() and abs(number) <= LARGEST else number


ALWAYS = (401, 403, 422, 429)
Method = Literal["GET", "POST"]


def operation(
    router: Router, method: Method, path: str, scope: str, answer: Any, *refusals: int
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an operation that takes a token with the scope; `refusals` are statuses beside those that all have."""
    body = (400, 413, 415) if method == "POST" else ()
    statuses = sorted({*ALWAYS, *body, *refusals})
    return router.api_operation(
        [method],
        path,
        auth=Token(scope),
        response={200: answer, **dict.fromkeys(statuses, ErrorResponse)},
        openapi_extra={"x-scope": scope},
    )
