"""Who asks: a token acts for its person, as far as their role goes and its scopes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from ecc_site.api.errors import ApiError
from ecc_site.core.api_tokens import SCOPES
from ecc_site.core.models import ApiToken
from ecc_site.core.rate_limit import seconds_to_wait
from ecc_site.core.roles import LABELS, has_role, role_label


class TokenRequest(HttpRequest):
    """A request that a token has let in, for annotations only."""

    auth: ApiToken
    user: User


class Token(HttpBearer):
    """Lets in a token with the scope whose person has the role for it."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        # Not by the method of HttpBearer, which logs headers that it does not understand where DEBUG is on.
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        token = self.authenticate(request, secret) if scheme.lower() == self.openapi_scheme else None
        if token is None:
            challenge = 'Bearer realm="ecc"'
            said = _("Send a token that is in force: “Authorization: Bearer ecc_…”. Make one on the page “API tokens”.")
            raise ApiError(401, "unauthorized", said, WWW_Authenticate=challenge)
        self._limit(token)
        self._check(token)
        request.user = token.user
        token.note_use()
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return ApiToken.objects.of_secret(token)

    def _limit(self, token: ApiToken) -> None:
        wait = seconds_to_wait(f"token:{token.pk}", settings.API_REQUESTS_PER_MINUTE)
        if wait:
            said = _("More than %(limit)s requests in a minute; try again in %(wait)s seconds.")
            values = {"limit": settings.API_REQUESTS_PER_MINUTE, "wait": wait}
            raise ApiError(429, "too_many_requests", said % values, Retry_After=str(wait))

    def _check(self, token: ApiToken) -> None:
        role, _label = SCOPES[self.scope]
        if self.scope not in token.scopes:
            raise ApiError(403, "missing_scope", _("The token lacks the scope %(scope)s.") % {"scope": self.scope})
        if not has_role(token.user, role):
            said = _("This takes the role “%(needed)s”; the token's person has: %(role)s.")
            values = {"needed": LABELS[role], "role": role_label(token.user)}
            raise ApiError(403, "missing_role", said % values)
