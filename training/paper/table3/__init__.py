"""Table III of the paper: what the prompt does to the teacher's replies."""
