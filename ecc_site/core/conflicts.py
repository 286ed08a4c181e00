"""Two requests that want to write the same unique row at once."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def again_after_conflict(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """In a transaction, and once more if another request was first: by then its rows are there to be seen."""

    @wraps(function)
    def attempt(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except IntegrityError:
            with transaction.atomic():
                return function(*args, **kwargs)

    return attempt
