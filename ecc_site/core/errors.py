"""Expected failures: they are shown to the person instead of being logged as defects."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest


class ExpectedError(Exception):
    """Something could not be done for a known reason; the text is one sentence for the person who asked for it."""


@contextmanager
def errors_as_messages(request: HttpRequest) -> Iterator[None]:
    """Tell the person why something could not be done."""
    try:
        yield
    except ExpectedError as error:
        messages.error(request, str(error))
