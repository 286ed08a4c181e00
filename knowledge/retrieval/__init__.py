"""What is remembered, and how it is found again: plain Python, usable without a database."""
