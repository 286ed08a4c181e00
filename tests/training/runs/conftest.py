from tests.review.conftest import reviewed, round_, spec, verdict_input

__all__ = ["reviewed", "round_", "spec", "verdict_input"]
