"""Table VI of the paper: base, three methods and LoRA at three lengths on the same inputs."""
