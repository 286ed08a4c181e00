"""The automatic scorers of Eq. 1, each with its scores in [0, 1]. Plain Python, no Django."""
