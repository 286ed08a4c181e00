import pytest
from django.utils.translation import override

from ecc_site.core.templatetags import numbers


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.mark.parametrize("of", [numbers.score, numbers.percent, numbers.rate, numbers.duration])
def test_an_unknown_number_is_a_dash_and_zero_is_not(of):
    assert of(None) == "–"
    assert of(0) != "–"


@pytest.mark.parametrize("of", [numbers.score, numbers.signed])
def test_so_is_nan(of):
    assert of(float("nan")) == "–"


@pytest.mark.parametrize(("value", "shown"), [(0.844, "0.84"), (1, "1.00"), (0.0, "0.00")])
def test_a_score_has_two_decimals(value, shown):
    assert numbers.score(value) == shown


@pytest.mark.parametrize(("share", "shown", "width"), [(0.256, "26%", 25.6), (1, "100%", 100.0), (None, "–", 0)])
def test_a_share_is_whole_percent_in_text_and_finer_as_a_width(share, shown, width):
    assert numbers.percent(share) == shown
    assert numbers.times_100(share) == width


@pytest.mark.parametrize(
    ("rate", "shown"), [(0.004, "0.004"), (0.04, "0.04"), (2.25, "2.2"), (9.9, "9.9"), (12345.6, "12,346")]
)
def test_a_rate_has_a_decimal_only_where_it_is_small(rate, shown):
    assert numbers.rate(rate) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 seconds"), (1, "1 second"), (89.4, "89 seconds"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h")],
)
def test_a_duration_is_in_its_largest_fitting_unit(seconds, shown):
    assert numbers.duration(seconds) == shown


def test_what_hangs_on_a_turn_is_found_by_its_id():
    class Turn:
        pk = 3

    assert numbers.of_turn({3: ["score"]}, Turn) == ["score"]
    assert numbers.of_turn({}, Turn) == []
