"""The parts of benchmarks/faults.py: a site that is broken on purpose while people and jobs are at work in it."""
