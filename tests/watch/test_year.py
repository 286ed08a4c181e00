"""A simulated year, looked at as the site does: quiet where nothing changes, and not blind where something does."""

from benchmarks.watch import changed, quiet

ANSWERS = 8_000  # a year of a small shop


def test_in_quiet_years_hardly_a_window_is_beyond_its_bound():
    found = quiet(3, ANSWERS)
    assert found["quiet"]["looks"] > 400
    assert found["quiet"]["beyond"] <= 0.01
    assert found["quiet"]["nominal"] <= 0.02  # of intervals that leave half of 1% on this side
    assert found["defects"]["beyond"] <= 0.01


def test_a_drop_and_a_doubled_defect_are_found():
    found = changed(3, ANSWERS)
    assert found["drop_found"] == 1
    assert found["drop_after_answers"] <= 500
    assert found["defect_found"] == 1
