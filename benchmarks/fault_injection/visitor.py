"""A person at their browser, as far as the server can tell."""

from __future__ import annotations

import re
import time

import requests

TIMEOUT_S = 90  # longer than any lock of the benchmark: a browser waits too
SIGN_IN = "/accounts/login/"


class Visitor:
    """Requests of one account. What goes wrong is recorded in `failures` (when, what); the answer is then None."""

    def __init__(self, url: str, name: str, password: str):
        self.url, self.name, self._password = url, name, password
        self.failures: list[tuple[float, str]] = []
        self._browser = requests.Session()

    def get(self, path: str, **options) -> requests.Response | None:
        """A page, after signing in where the server asks for it."""
        answer = self._request("GET", path, **options)
        if answer is not None and is_sign_in(answer):
            self.sign_in()
            answer = self._request("GET", path, **options)
        return answer if answer is not None and answer.ok and not is_sign_in(answer) else None

    def post(self, path: str, data: dict, **options) -> requests.Response | None:
        """The answer, whatever it says; None where there was none, or the server failed."""
        data = {"csrfmiddlewaretoken": self._browser.cookies.get("csrftoken", ""), **data}
        return self._request("POST", path, data=data, **options)

    def post_json(self, path: str, data: dict) -> requests.Response | None:
        """As post, of what a script sends."""
        headers = {"X-CSRFToken": self._browser.cookies.get("csrftoken", ""), "HX-Request": "true"}
        return self._request("POST", path, json=data, headers=headers)

    def sign_in(self) -> bool:
        if self._request("GET", SIGN_IN) is None:
            return False
        answer = self.post(SIGN_IN, {"username": self.name, "password": self._password}, allow_redirects=False)
        return answer is not None and answer.is_redirect

    def _request(self, method: str, path: str, **options) -> requests.Response | None:
        try:
            answer = self._browser.request(method, self.url + path, timeout=TIMEOUT_S, **options)
        except requests.RequestException as error:
            self.failures.append((time.monotonic(), type(error).__name__))
            return None
        if answer.status_code >= requests.codes.server_error:
            self.failures.append((time.monotonic(), str(answer.status_code)))
            return None
        return answer


def is_sign_in(answer: requests.Response) -> bool:
    """Whether the person has been led to the page on which they sign in."""
    return SIGN_IN in answer.url or SIGN_IN in answer.headers.get("HX-Redirect", "")


def hidden_fields(page: str, form: str) -> dict[str, str]:
    """The hidden fields of the form with this address, by name."""
    found = re.search(rf'<form [^>]*action="{form}".*?</form>', page, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]) if found else []
    return dict(fields)
