"""The scorers that ship, and how they are made from the corpus. Plain Python, no Django."""
