"""How well the annotators of a round agree, what they prefer, and who decides where they differ."""
