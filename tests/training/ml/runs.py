"""A short run; as a program, `python -m tests.training.ml.runs FOLDER BASE`, one that a test can kill."""

import json
import sys
import time
from pathlib import Path

import torch

from serving.runtimes.protocol import Message
from tests.tiny_models import SENTENCES
from training.ml.examples import Example
from training.ml.settings import TrainingSettings
from training.ml.train import train

STEPS, MIDDLE = 12, 7
LONG_S = 600
QUICK = {
    "learning_rate": 1e-2,
    "batch_size": 2,
    "max_steps": 6,
    "max_input_tokens": 64,
    "max_output_tokens": 32,
    "virtual_tokens": 4,
    "lora_r": 4,
    "save_every": 100,
    "precision": "float32",
}


def exchanges() -> list[Example]:
    """Five exchanges of different lengths."""
    pairs = [(SENTENCES[i], SENTENCES[(i + 1) % len(SENTENCES)]) for i in range(5)]
    return [Example((Message("customer", q * (1 + i)),), a, "person", str(i)) for i, (q, a) in enumerate(pairs)]


def settings() -> TrainingSettings:
    return TrainingSettings(**(QUICK | {"max_steps": STEPS, "save_every": 2}))


def main() -> None:
    torch.set_num_threads(1)
    folder, base = Path(sys.argv[1]), sys.argv[2]

    def stop_in_the_middle(progress):
        print(json.dumps(progress.step), flush=True)
        if progress.step == MIDDLE:
            time.sleep(LONG_S)  # to be killed there

    train(base, exchanges(), [], settings(), folder, on_progress=stop_in_the_middle)


if __name__ == "__main__":
    main()
