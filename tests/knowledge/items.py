"""Four things that the memory of the tests remembers."""

from knowledge.retrieval.items import Item, Question

RETURNS = Item(1, (Question("怎么退货"), Question("我要退货")), "亲，签收7天内都可以退哦", "zh", "d1")
KIDS = Item(2, (Question("童装呢", "怎么退货"),), "亲，童装也是7天内可以退哦", "zh", "d2")
COUPON = Item(3, (Question("优惠券怎么用"),), "亲，结算时选择优惠券就可以啦", "zh", "d3")
ENGLISH = Item(4, (Question("how do I return it"),), "Sure, you can return it within 7 days!", "en", "d4")
