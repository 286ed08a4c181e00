"""How a model behind a server is written, openai:<name>@<address>. Light: settings and the web process read it."""

from __future__ import annotations

import re
from typing import NamedTuple

SCHEME = "openai:"
EXPECTED = "openai:<name>@<http address of the server>"
_NAME = re.compile(r"openai:(?P<model>.+)@(?P<url>https?://.+)")


class ServedName(NamedTuple):
    """`model` may contain `@` itself."""

    model: str
    url: str


def served_name(name: str) -> ServedName | None:
    """Its parts; None where it is not written like that."""
    found = _NAME.fullmatch(name)
    return ServedName(found["model"], found["url"]) if found else None
