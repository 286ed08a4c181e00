"""Expected failures: they are shown to the person instead of being logged as defects."""


class ExpectedError(Exception):
    """Something could not be done for a known reason; the text is one sentence for the person who asked for it."""
