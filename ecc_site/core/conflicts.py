"""Two requests that want to write the same rows at once."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, transaction

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
DEADLOCK = "40P01"  # by which PostgreSQL ends one of two that wait for each other


def again_after_conflict(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """In a transaction, and once more if another request was first: by then what it wrote is there to be seen."""

    @wraps(function)
    def attempt(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except DatabaseError as error:
            if not _is_conflict(error):
                raise
            with transaction.atomic():
                return function(*args, **kwargs)

    return attempt


def _is_conflict(error: DatabaseError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", "") == DEADLOCK
