import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.ml import runs
from training.ml import checkpoints
from training.ml.checkpoints import CannotResume
from training.ml.methods import METHODS
from training.ml.settings import TrainingSettings
from training.ml.train import train

ROOT = Path(__file__).resolve().parents[3]


# --- cancel and resume


def stop_at(step):
    """should_stop and on_progress: yes as soon as the step was made."""
    seen = []
    return {"should_stop": lambda: bool(seen) and seen[-1] >= step, "on_progress": lambda p: seen.append(p.step)}


@pytest.mark.parametrize("method", METHODS)
def test_a_cancelled_and_resumed_run_equals_the_uninterrupted_one_bit_by_bit(qwen, examples, quick, tmp_path, method):
    settings = quick(method=method, max_steps=8, eval_every=3, warmup_steps=2, weight_decay=0.01)
    whole = train(qwen, examples[:4], examples[4:], settings, tmp_path / "whole")
    halves = tmp_path / "halves"
    first = train(qwen, examples[:4], examples[4:], settings, halves, **stop_at(5))
    assert (first.state, first.step) == ("cancelled", 5)
    second = train(qwen, examples[:4], examples[4:], settings, halves, resume_from=first.checkpoint)
    assert (second.state, second.step) == ("finished", 8)
    assert first.losses + second.losses == whole.losses
    assert second.dev_losses == whole.dev_losses
    assert weights(second.checkpoint).keys() == weights(whole.checkpoint).keys()
    for name, tensor in weights(whole.checkpoint).items():
        assert torch.equal(weights(second.checkpoint)[name], tensor), name


def weights(checkpoint):
    return load_file(checkpoint / "adapter_model.safetensors")


def test_a_run_is_cancelled_in_the_middle_of_an_evaluation(qwen, examples, quick, tmp_path):
    asked = []
    settings = quick(batch_size=1, eval_every=2, max_steps=50)

    def should_stop():
        asked.append(1)
        return len(asked) > 12  # in the evaluation after step 2

    run = train(qwen, examples, examples * 2, settings, tmp_path, should_stop=should_stop)
    assert (run.state, run.step) == ("cancelled", 2)
    assert checkpoints.latest(tmp_path) == run.checkpoint


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"seed": 9}, {"max_steps": 99}])
def test_a_checkpoint_of_other_settings_is_not_resumed(qwen, examples, quick, tmp_path, change):
    run = train(qwen, examples, [], quick(max_steps=1), tmp_path)
    with pytest.raises(CannotResume, match=next(iter(change))):
        train(qwen, examples, [], quick(**({"max_steps": 1} | change)), tmp_path, resume_from=run.checkpoint)


def test_a_checkpoint_of_other_data_is_not_resumed(qwen, examples, quick, tmp_path):
    run = train(qwen, examples, [], quick(max_steps=1), tmp_path)
    with pytest.raises(CannotResume, match="other data"):
        train(qwen, examples[:4], [], quick(max_steps=1), tmp_path, resume_from=run.checkpoint)


def test_the_schedule_of_the_settings_counts_and_not_what_a_checkpoint_remembers(qwen, examples, quick, tmp_path):
    settings = quick(save_every=2, eval_every=2)
    run = train(qwen, examples[:4], examples[4:], settings, tmp_path, **stop_at(1))
    remember(run.checkpoint, save_steps=500, eval_steps=500)
    resumed = train(qwen, examples[:4], examples[4:], settings, tmp_path, resume_from=run.checkpoint)
    assert list(resumed.dev_losses) == [0, 2, 4, 6]
    assert [place.name for place in checkpoints.checkpoints(tmp_path)] == [f"checkpoint-{n}" for n in (1, 2, 4, 6)]


def remember(checkpoint, **changes):
    """Change what a checkpoint says of the Trainer's state."""
    manifest = asdict(checkpoints.read(checkpoint))
    written = checkpoint.rename(checkpoint.with_name("written"))
    (written / "manifest.json").unlink()
    state = written / "trainer_state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | changes))
    checkpoints.publish(
        written, checkpoint, **{name: manifest[name] for name in ("settings", "base", "data_hash", "precision")}
    )


# --- checkpoints


def test_a_checkpoint_holds_no_pickle_that_anything_reads_unsafely(qwen, examples, quick, tmp_path):
    run = train(qwen, examples, [], quick(method="prefix", max_steps=1), tmp_path)
    assert {file.name for file in run.checkpoint.iterdir()} == {
        *("adapter_config.json", "adapter_model.safetensors", "prompt_encoder.safetensors", "manifest.json"),
        *("optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"),
    }
    torch.load(run.checkpoint / "optimizer.pt", weights_only=True)
    torch.load(run.checkpoint / "scheduler.pt", weights_only=True)
    manifest = checkpoints.read(run.checkpoint)
    assert (manifest.step, manifest.base, manifest.precision) == (1, str(qwen), "float32")
    assert manifest.settings == quick(method="prefix", max_steps=1).as_dict()


@pytest.fixture(scope="module")
def two_checkpoints(bases, examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    settings = TrainingSettings(**(runs.QUICK | {"max_steps": 4, "save_every": 2}))
    train(bases["qwen3"], examples, [], settings, folder)
    return folder


def no_manifest(folder):
    (folder / "manifest.json").unlink()


def torn_manifest(folder):
    (folder / "manifest.json").write_text('{"step": 2, ')


def torn_weights(folder):
    file = folder / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])


def lost_optimizer(folder):
    (folder / "optimizer.pt").unlink()


@pytest.mark.parametrize("harm", [no_manifest, torn_manifest, torn_weights, lost_optimizer])
def test_a_half_written_checkpoint_does_not_exist(two_checkpoints, tmp_path, harm):
    shutil.copytree(two_checkpoints, tmp_path, dirs_exist_ok=True)
    harm(tmp_path / "checkpoint-4")
    assert checkpoints.latest(tmp_path) == tmp_path / "checkpoint-2"


def test_a_half_written_checkpoint_is_not_resumed_and_can_be_replaced(two_checkpoints, qwen, examples, quick, tmp_path):
    shutil.copytree(two_checkpoints, tmp_path, dirs_exist_ok=True)
    no_manifest(tmp_path / "checkpoint-4")
    settings = quick(max_steps=4, save_every=2)
    with pytest.raises(CannotResume, match="checkpoint-4 is incomplete"):
        train(qwen, examples, [], settings, tmp_path, resume_from=tmp_path / "checkpoint-4")
    again = train(qwen, examples, [], settings, tmp_path, resume_from=checkpoints.latest(tmp_path))
    assert again.checkpoint == tmp_path / "checkpoint-4"
    assert checkpoints.read(again.checkpoint)


def test_a_run_that_was_killed_goes_on_from_its_last_whole_checkpoint(qwen, tmp_path):
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.training.ml.runs", str(folder), str(qwen)]
    with (tmp_path / "log").open("w") as log:
        alone = os.environ | {"OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in process.stdout:
            if int(line) == runs.MIDDLE:
                process.send_signal(signal.SIGKILL)
                break
        process.wait(120)
    (folder / ".writing" / "checkpoint-8").mkdir(parents=True, exist_ok=True)  # as if it had been killed while it saved
    latest = checkpoints.latest(folder)
    assert latest.name == "checkpoint-6"
    resumed = train(qwen, runs.exchanges(), [], runs.settings(), folder, resume_from=latest)
    whole = train(qwen, runs.exchanges(), [], runs.settings(), tmp_path / "whole")
    assert resumed.losses == whole.losses[6:]
    assert not list(folder.glob(".*"))


def test_a_finished_run_that_is_resumed_stays_finished(qwen, examples, quick, tmp_path):
    run = train(qwen, examples, [], quick(max_steps=2), tmp_path)
    again = train(qwen, examples, [], quick(max_steps=2), tmp_path, resume_from=run.checkpoint)
    assert (again.state, again.step, again.losses, again.checkpoint) == ("finished", 2, [], run.checkpoint)
