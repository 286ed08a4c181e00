"""The page of what people's verdicts make of the scores, and of what a scorer may do without them."""
