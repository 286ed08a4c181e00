import pytest
from django.db import OperationalError

from ecc_site.core.conflicts import again_after_conflict

pytestmark = pytest.mark.django_db


class Ended(Exception):
    """As the driver of PostgreSQL says why it ended a statement."""

    def __init__(self, sqlstate: str):
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.fixture
def ended_once():
    """A function that the database ends at its first attempt, and its attempts."""
    attempts = []

    def make(sqlstate: str):
        @again_after_conflict
        def act() -> str:
            attempts.append(sqlstate)
            if len(attempts) == 1:
                raise OperationalError from Ended(sqlstate)
            return "done"

        return act, attempts

    return make


def test_one_of_two_that_waited_for_each_other_begins_again(ended_once):
    act, attempts = ended_once("40P01")
    assert (act(), len(attempts)) == ("done", 2)


def test_what_is_no_conflict_is_not_tried_again(ended_once):
    act, attempts = ended_once("57014")
    with pytest.raises(OperationalError):
        act()
    assert len(attempts) == 1
