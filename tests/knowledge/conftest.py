import pytest

from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.items import Item, Question
from knowledge.retrieval.notes import Notes
from knowledge.retrieval.shipped import ShippedScorers
from knowledge.retrieval.thresholds import UNCALIBRATED


@pytest.fixture(scope="session")
def shipped():
    """The scorers that ship, which no test changes."""
    return ShippedScorers()


RETURNS = Item(1, (Question("怎么退货"), Question("我要退货")), "亲，签收7天内都可以退哦", "zh", "d1")
KIDS = Item(2, (Question("童装呢", "怎么退货"),), "亲，童装也是7天内可以退哦", "zh", "d2")
COUPON = Item(3, (Question("优惠券怎么用"),), "亲，结算时选择优惠券就可以啦", "zh", "d3")
ENGLISH = Item(4, (Question("how do I return it"),), "Sure, you can return it within 7 days!", "en", "d4")


@pytest.fixture
def memory(shipped):
    return shipped.memory([RETURNS, KIDS, COUPON, ENGLISH])


@pytest.fixture
def remembering(memory, shipped):
    """It answers directly only what is the same question."""
    return Remembering(memory, Notes(shipped.match), UNCALIBRATED)
