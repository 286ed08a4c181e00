"""The environment in which models run well on a CPU: python ecc_site/launch/model_environment.py COMMAND…

These variables are read when a process starts, so they must be set before Python does. What the operator has set stays.
Run by its path, because importing the package ecc_site sets DJANGO_SETTINGS_MODULE, which COMMAND would inherit.
"""

import os
import sys

FOR_MODELS = {
    # Two processes with spinning OpenMP threads slow each other down ten times and more on a small machine.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Keep freed tensors in the process: asking the kernel for the same pages at each step costs up to a third.
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "268435456",
    # The tokenizers' own threads do not survive the fork of a Celery worker.
    "TOKENIZERS_PARALLELISM": "false",
}


def with_models(environment: dict[str, str]) -> dict[str, str]:
    return {**FOR_MODELS, **environment}


if __name__ == "__main__":
    os.execvpe(sys.argv[1], sys.argv[1:], with_models(dict(os.environ)))
