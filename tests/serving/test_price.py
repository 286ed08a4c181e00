"""What cloud calls cost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from serving.models import CloudDay
from serving.price import cost_of
from tests import build


@pytest.mark.parametrize(
    ("tokens", "cost"),
    [(0, "0.00 USD"), (2000, "< 0.01 USD"), (1_500_000, "0.60 USD"), (10_000_000_000, "4,000.00 USD")],
)
def test_tokens_cost_what_a_million_of_them_costs(settings, tokens, cost):
    settings.CLOUD_PRICE_PER_MILLION = (0.4, "USD")
    assert cost_of(tokens) == cost


def test_without_a_price_nothing_is_said_of_costs(settings):
    settings.CLOUD_PRICE_PER_MILLION = None
    assert cost_of(10**9) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "serving:ledger"])
def test_pages_say_what_was_spent(as_manager, settings, name):
    build.shop()
    CloudDay.objects.create(day=timezone.localdate(), tokens=5_000_000, calls=3)
    assert "about 2.00 USD" not in as_manager.get(reverse(name)).content.decode()
    settings.CLOUD_PRICE_PER_MILLION = (0.4, "USD")
    assert "tokens · about 2.00 USD" in as_manager.get(reverse(name)).content.decode().replace(" in 30 days", "")
