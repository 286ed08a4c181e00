"""Parts of benchmarks/search.py: the dialogues that it searches."""
