"""What cloud calls cost, where the shop has said what a million tokens cost."""

from __future__ import annotations

from django.conf import settings


def cost_of(tokens: int) -> str:
    """About how much these tokens cost, such as “1.23 USD”; empty where no price is given."""
    if settings.CLOUD_PRICE_PER_MILLION is None:
        return ""
    price, currency = settings.CLOUD_PRICE_PER_MILLION
    cost = price * tokens / 1e6
    return f"< 0.01 {currency}" if 0 < cost < 0.01 else f"{cost:,.2f} {currency}"
