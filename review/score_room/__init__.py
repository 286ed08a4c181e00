"""The score room: how good the end answers are, what would change it, and the comparisons behind each figure."""
