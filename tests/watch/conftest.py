import pytest

from tests.watch.shop import Shop


@pytest.fixture
def shop(db) -> Shop:
    return Shop()
