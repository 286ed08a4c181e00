"""α, Θ and the threshold tried on all stored components at once, exactly: nothing is sampled and nothing is stored."""
