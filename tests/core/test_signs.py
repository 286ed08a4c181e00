"""Numbers below 0 have a minus sign; what is no number keeps its hyphens."""

import pytest

from ecc_site.core.signs import with_minus
from ecc_site.core.templatetags.numbers import cell, score, signed


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("-0.50 [-0.60, 0.40]", "−0.50 [−0.60, 0.40]"),
        ("+0.020", "+0.020"),
        ("–", "–"),
        ("p-tuning", "p-tuning"),
        ("[-0.00, -0.001]", "[0.00, −0.001]"),
    ],
)
def test_a_hyphen_before_a_digit_is_a_minus_sign(written, read):
    assert with_minus(written) == read


def test_tables_have_it_and_texts_in_them_stay_as_they_are():
    assert (score(-0.12), signed(-0.0001)) == ("−0.12", "+0.000")
    assert (score(-0.001), cell(-0.0001), score(-0.01)) == ("0.00", "0.000", "−0.01")
    assert (signed(-0.0251), cell(-0.5), cell(-1200), cell("lora-1500")) == ("−0.025", "−0.500", "−1,200", "lora-1500")
