"""Why a comparison has the final score that it has: the rule of Eq. 1 that applied, and the words that match."""
