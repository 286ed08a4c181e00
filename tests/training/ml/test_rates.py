"""Short trainings that show which learning rate to take."""

import math

from training.ml.rates import dev_loss_soon, trial_steps


def test_a_short_training_gives_its_dev_loss_and_leaves_nothing(qwen, examples, quick, tmp_path):
    settings = quick(max_steps=40, warmup_steps=10, patience=2, eval_every=5, lora_dropout=0.0)
    assert trial_steps(settings) == 10
    gentle, rough = (
        dev_loss_soon(qwen, examples, examples, quick(max_steps=40, learning_rate=rate, lora_dropout=0.0), tmp_path)
        for rate in (0.01, 1e-8)
    )
    assert 0 < gentle < rough
    assert dev_loss_soon(qwen, examples, examples, settings, tmp_path) > 0
    assert not list(tmp_path.iterdir())


def test_a_rate_that_diverges_is_infinitely_bad(qwen, examples, quick, tmp_path, monkeypatch):
    import torch

    monkeypatch.setattr("training.ml.trainer.learned_loss", lambda *a: torch.tensor(float("nan"), requires_grad=True))
    assert dev_loss_soon(qwen, examples, examples, quick(max_steps=8), tmp_path) == math.inf


def test_stopped_there_is_no_loss(qwen, examples, quick, tmp_path):
    asked = quick(max_steps=400)
    assert dev_loss_soon(qwen, examples, examples, asked, tmp_path, should_stop=lambda: True) is None
