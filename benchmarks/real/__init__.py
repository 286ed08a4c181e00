"""Real models from packages that no part of the site needs; see benchmarks/real_models-requirements.txt."""
