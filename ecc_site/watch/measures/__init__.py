"""Statistics of what is watched. Plain numpy, no Django."""
