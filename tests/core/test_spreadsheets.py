import pytest

from ecc_site.core.spreadsheets import escape_formula


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠A"]
)
def test_what_a_spreadsheet_would_compute_is_escaped(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "hello", "1-1", "a=b", 5, -5, None, True])
def test_everything_else_stays(value):
    assert escape_formula(value) is value
