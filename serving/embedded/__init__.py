"""The end model that ships, and how it is made from the corpus. Plain Python, no Django."""
