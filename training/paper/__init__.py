"""Tables of the paper, reproduced on the shop's own data."""
