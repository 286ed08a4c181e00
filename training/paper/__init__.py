"""Tables of the paper, made anew on the shop's own data."""
