"""Versions on frozen sets: answers and scores, paired comparisons, the gate."""
