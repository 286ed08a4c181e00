"""What every response of the API has in common, also where Django answers before the API is asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from ecc_site.api.errors import plain

PLACE = "/api/v1/"


class ApiResponses:
    """Errors are JSON, and nobody keeps a copy: responses hold what people said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(PLACE):
            return response
        if response.status_code >= 400 and not response["Content-Type"].startswith("application/json"):
            response = self._as_json(response)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _as_json(self, response: HttpResponse) -> HttpResponse:
        said = plain(response.status_code)
        if "Allow" in response:
            said["Allow"] = response["Allow"]
        return said
