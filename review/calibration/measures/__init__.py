"""Measures of how scores agree with people. Plain numpy and scipy, no Django."""
