"""A program that uses the API."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from ecc_site.core.api_tokens import SCOPES, make_token


class Caller:
    """A program without cookies that has a token of this person, with these scopes or with all."""

    def __init__(self, user: User, *scopes: str):
        self.user = user
        self.token, self.secret = make_token(user, "nightly", list(scopes or SCOPES), None)
        self.client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str):
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        named = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        address = path if path.startswith("/api/") else f"/api/v1/{path}"
        return self.client.generic(method, address, headers=named, **sent)

    def get(self, path: str, **asked: Any):
        """The parsed body of what has to be a success."""
        address = path + ("?" + "&".join(f"{name}={value}" for name, value in asked.items()) if asked else "")
        response = self.ask("GET", address)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: Any, **headers: str):
        return self.ask("POST", path, body, **headers)

    def pages(self, path: str, **asked: Any) -> list[list]:
        """The items of all pages."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.get(path, **asked, cursor=cursor)
            found.append(page["items"])
            cursor = page["next_cursor"]
        return found


def error(response) -> dict:
    return response.json()["error"]
