import numpy as np

from ecc_site.core.columns import local_days


def test_days_are_those_of_the_shop_also_where_clocks_change(settings):
    settings.TIME_ZONE = "America/New_York"  # an hour back on 2 November 2025, at 06:00 UTC
    days = local_days(["2025-11-02T03:59", "2025-11-02T04:30", "2025-11-03T04:30", "2025-11-03T05:30"])
    assert days.tolist() == [
        np.datetime64(day).item() for day in ("2025-11-01", "2025-11-02", "2025-11-02", "2025-11-03")
    ]
