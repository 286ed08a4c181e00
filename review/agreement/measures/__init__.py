"""The statistics of agreement and preference: arrays in, numbers out. Plain numpy and scipy, no Django."""
