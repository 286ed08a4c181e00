import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ecc_site.launch import ready
from ecc_site.launch.ready import web_answers


class Picky(BaseHTTPRequestHandler):
    """Answers to one name alone, as a site in production does."""

    def do_GET(self):
        known = self.headers["Host"] == "shop.example" and self.path == "/healthz"
        self.send_response(200 if known else 400)
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def port():
    server = HTTPServer(("127.0.0.1", 0), Picky)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_the_site_is_asked_by_a_name_that_it_answers_to(port, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "shop.example,www.shop.example")
    assert web_answers(port)


def test_a_site_that_refuses_does_not_count_as_there(port, monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert not web_answers(port)


def test_nothing_that_listens_is_not_there():
    assert not web_answers(1)


def test_what_is_still_missing_is_named_when_the_time_is_up(monkeypatch):
    monkeypatch.setattr(ready, "missing", lambda port: ["models", "beat"])
    assert asyncio.run(ready.wait(1, seconds=0)) == ["models", "beat"]


def test_it_waits_until_nothing_is_missing(monkeypatch):
    answers = iter([["web"], ["models"], []])
    monkeypatch.setattr(ready, "missing", lambda port: next(answers))
    monkeypatch.setattr(ready, "LOOK_EVERY_S", 0.01)
    assert asyncio.run(ready.wait(1)) == []
