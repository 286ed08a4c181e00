import pytest

from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.notes import Notes
from knowledge.retrieval.shipped import ShippedScorers
from knowledge.retrieval.thresholds import UNCALIBRATED
from tests.knowledge.items import COUPON, ENGLISH, KIDS, RETURNS


@pytest.fixture(scope="session")
def shipped():
    """The scorers that ship, which no test changes."""
    return ShippedScorers()


@pytest.fixture
def memory(shipped):
    return shipped.memory([RETURNS, KIDS, COUPON, ENGLISH])


@pytest.fixture
def remembering(memory, shipped):
    """It answers directly only what is the same question."""
    return Remembering(memory, Notes(shipped.match), UNCALIBRATED)
