"""Erasing customers everywhere, by request or by age: each app gives its part, and here they become one act."""
