"""What all stored scores say under any α, Θ and threshold, worked out in memory: exact, nothing is sampled."""
