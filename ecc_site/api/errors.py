"""One shape for whatever is refused: `{"error": {"code", "message", "field"?, "problems"?}}`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from ecc_site.core.idempotency import OtherRequest
from review.desk.verdicts import KeyTaken, NotSaved
from serving.querysets import NameTaken


class Problem(Schema):
    field: str
    message: str


class ErrorBody(Schema):
    code: str
    message: str
    field: str | None = None
    problems: list[Problem] | None = None


class ErrorResponse(Schema):
    error: ErrorBody


class ApiError(Exception):
    """A request is refused; `code` is a word for programs, `message` a sentence for people."""

    def __init__(self, status: int, code: str, message: str, field: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> HttpResponse:
        return refused(self.status, self.code, self.message, self.field, headers=self.headers)


def refused(
    status: int, code: str, message: str, field: str = "", problems: list[dict[str, str]] | None = None, **more: Any
) -> HttpResponse:
    found: dict[str, Any] = {"code": code, "message": message}
    found |= {"field": field} if field else {}
    found |= {"problems": problems} if problems else {}
    return JsonResponse({"error": found}, status=status, **more)


def plain(status: int) -> HttpResponse:
    """For what Django refuses before the API has seen it."""
    known = {
        404: ("not_found", _("There is nothing at this address.")),
        405: ("method_not_allowed", _("This address does not take this method.")),
        413: ("too_large", too_large()),
        500: ("failed", _("Something failed here that should not; it is in the log of the site.")),
    }
    phrase = HTTPStatus(status)
    return refused(status, *known.get(status, (phrase.name.lower(), phrase.phrase)))


def too_large() -> str:
    return _("A request has at most 2 MiB. Nothing was stored; send it in parts.")


def add_handlers(api: NinjaAPI) -> None:
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return error.response()


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    problems = [{"field": _place(found["loc"]), "message": _words(found)} for found in error.errors]
    first = problems[0]
    return refused(422, "invalid", first["message"], first["field"], problems)


def _unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, ApiError):
        return error.__cause__.response()
    return refused(error.status_code, "unreadable", _("The body is not JSON."))


def _not_found(_request: HttpRequest, _error: Any) -> HttpResponse:
    return refused(404, "not_found", _("There is no such row."))


def _too_large(_request: HttpRequest, _error: Any) -> HttpResponse:
    return refused(413, "too_large", too_large())


def _other_request(_request: HttpRequest, error: Any) -> HttpResponse:
    return refused(422, "key_reused", str(error))


def _name_taken(_request: HttpRequest, error: Any) -> HttpResponse:
    return refused(409, "name_taken", str(error))


def _not_saved(_request: HttpRequest, error: Any) -> HttpResponse:
    return refused(error.status, "key_reused" if isinstance(error, KeyTaken) else "conflict", str(error))


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    ApiError: _refused,
    ValidationError: _invalid,
    HttpError: _unreadable,
    Http404: _not_found,
    RequestDataTooBig: _too_large,
    OtherRequest: _other_request,
    NameTaken: _name_taken,
    NotSaved: _not_saved,
}


def _words(found: dict[str, Any]) -> str:
    """Our own sentence without pydantic's words before it, or pydantic's."""
    return found.get("ctx", {}).get("error") or found["msg"]


def _place(loc: tuple[Any, ...]) -> str:
    """`dialogues[0].turns[1].role` for what pydantic found at ("body", "sent", "dialogues", 0, "turns", 1, "role")."""
    inside = loc[2:] if loc[0] == "body" and len(loc) > 2 else loc[1:]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inside).lstrip(".")
