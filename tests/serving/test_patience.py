import threading

import pytest

from serving import patience
from serving.patience import in_steps, in_time
from serving.runtimes.protocol import CloudProblem


class Unwanted(Exception):
    pass


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 0.01)


@pytest.fixture
def endless():
    """Work that ends with the test."""
    released = threading.Event()
    yield released.wait
    released.set()


def test_what_is_in_time_is_handed_on():
    assert in_time(lambda: 7, 5, None) == 7


def test_what_the_work_raises_is_raised_also_a_timeout_of_its_own():
    def fail():
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        in_time(fail, 5, None)


def test_what_takes_too_long_is_a_problem_that_may_pass(endless):
    with pytest.raises(CloudProblem, match="no reply within") as caught:
        in_time(endless, 0.05, None)
    assert caught.value.may_pass


def test_nobody_waits_for_what_is_no_longer_wanted(endless):
    looks = []

    def check():
        looks.append(1)
        if len(looks) == 3:
            raise Unwanted

    with pytest.raises(Unwanted):
        in_time(endless, 60, check)


def test_a_pause_is_made_in_steps_and_ends_where_it_is_no_longer_wanted(monkeypatch):
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 1.0)
    pauses = []

    def check():
        if len(pauses) == 3:
            raise Unwanted

    in_steps(pauses.append, check)(2.5)
    assert pauses == [1.0, 1.0, 0.5]
    with pytest.raises(Unwanted):
        in_steps(pauses.append, check)(60)


def test_a_reply_that_comes_in_the_moment_of_a_look_is_not_lost(monkeypatch):
    class LateOnce(patience.Future):
        """Says once that it is too early, although the result is there by then."""

        def result(self, timeout=None):
            value = super().result()
            if timeout is not None:
                raise patience.NotYet
            return value

    monkeypatch.setattr(patience, "Future", LateOnce)
    assert in_time(lambda: 7, 5, None) == 7
