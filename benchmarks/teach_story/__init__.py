"""The parts of benchmarks/teach.py."""
