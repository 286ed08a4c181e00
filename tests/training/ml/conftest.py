"""Tiny models to teach, and a run that is short enough to be repeated."""

import pytest
import torch

from tests.training.ml.runs import QUICK, exchanges
from training.ml.settings import TrainingSettings


@pytest.fixture(scope="session")
def bases(tiny_models):
    """Folders of random models by architecture, to be taught."""
    return tiny_models


@pytest.fixture
def qwen(bases):
    return bases["qwen3"]


@pytest.fixture(autouse=True)
def one_thread():
    """What a run promises bit by bit, it promises on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def examples():
    return exchanges()


@pytest.fixture
def quick():
    """Settings of a short run; name what should be different."""

    def settings(**changes) -> TrainingSettings:
        return TrainingSettings(**(QUICK | changes))

    return settings
