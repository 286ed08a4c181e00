import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Decoding
from tests.serving.conftest import ARCHITECTURES
from tests.training.ml import runs
from training.ml import checkpoints
from training.ml.checkpoints import CannotResume
from training.ml.events import recorded
from training.ml.progress import Progress
from training.ml.settings import METHODS, TrainingSettings
from training.ml.steering import Diverged, evaluations_without_gain
from training.ml.training import CannotTrain, train

ROOT = Path(__file__).resolve().parents[3]
SHORT = Decoding(max_input_tokens=64, max_new_tokens=12)


# --- every method on every architecture


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_learns_and_serving_loads_what_it_leaves(bases, examples, quick, tmp_path, architecture, method):
    rate = 0.3 if method == "ptuning_v2" else 0.02
    settings = quick(method=method, learning_rate=rate, lora_dropout=0.0, max_steps=15, batch_size=5)
    run = train(bases[architecture], examples, [], settings, tmp_path)
    assert run.losses[-1] < 0.95 * run.losses[0]
    assert (run.state, run.step, run.best) == ("finished", 15, run.checkpoint)
    taught = EndRuntime(bases[architecture], run.checkpoint)
    conversations = [example.messages for example in examples]
    alone = [taught.reply(conversation, SHORT).text for conversation in conversations]
    assert [reply.text for reply in taught.reply_batch(conversations, SHORT)] == alone
    plain = EndRuntime(bases[architecture]).reply_batch(conversations, SHORT)
    assert alone != [reply.text for reply in plain]


def test_a_taught_model_says_what_it_was_taught_and_stops(qwen, examples, quick, tmp_path):
    settings = quick(lora_dropout=0.0, lora_targets="all-linear", max_steps=60, batch_size=5, learning_rate=0.02)
    run = train(qwen, examples, [], settings, tmp_path)
    replies = EndRuntime(qwen, run.checkpoint).reply_batch([example.messages for example in examples])
    assert [reply.text for reply in replies] == [example.reply for example in examples]
    assert {reply.finish_reason for reply in replies} == {"stop"}


def test_where_padding_is_the_end_token_it_still_learns_to_stop(qwen, examples, quick, tmp_path):
    base = shutil.copytree(qwen, tmp_path / "base")
    file = base / "tokenizer_config.json"
    file.write_text(json.dumps({k: v for k, v in json.loads(file.read_text()).items() if k != "pad_token"}))
    settings = quick(lora_dropout=0.0, lora_targets="all-linear", max_steps=60, batch_size=5, learning_rate=0.02)
    run = train(base, examples, [], settings, tmp_path / "run")
    replies = EndRuntime(base, run.checkpoint).reply_batch([example.messages for example in examples])
    assert {reply.finish_reason for reply in replies} == {"stop"}


# --- progress, dev loss, early stopping


def test_progress_comes_after_each_step_and_each_evaluation(qwen, examples, quick, tmp_path):
    told = []
    settings = quick(max_steps=4, eval_every=2, warmup_steps=1)
    run = train(qwen, examples[:3], examples[3:], settings, tmp_path, on_progress=told.append)
    assert [progress.step for progress in told] == [1, 2, 2, 3, 4, 4]
    assert [progress.loss for progress in told if progress is not told[2]][:4] == run.losses
    assert told[0].dev_loss == run.dev_losses[0]
    assert told[-1].dev_loss == run.dev_losses[4]
    assert list(run.dev_losses) == [0, 2, 4]
    assert told[0].learning_rate == 0.0  # the first step of the warm-up
    assert told[-1].seconds_left == 0
    assert all(p.tokens_per_s > p.learned_tokens_per_s > 0 < p.memory_mb for p in told)


def test_evaluating_does_not_disturb_training(qwen, examples, quick, tmp_path):
    without = train(qwen, examples[:3], [], quick(), tmp_path / "without")
    evaluated = train(qwen, examples[:3], examples[3:], quick(eval_every=1), tmp_path / "with")
    assert evaluated.losses == without.losses


def test_it_stops_early_and_names_the_best_checkpoint(qwen, examples, quick, tmp_path):
    settings = quick(max_steps=200, eval_every=2, patience=2, learning_rate=0.1, lora_dropout=0.0)
    run = train(qwen, examples[:3], examples[3:], settings, tmp_path)
    assert run.state == "stopped_early"
    assert run.step < 200
    best = min((step for step in run.dev_losses if step), key=run.dev_losses.get)
    assert run.best == tmp_path / f"checkpoint-{best}"
    assert run.checkpoint == tmp_path / f"checkpoint-{run.step}"
    assert checkpoints.read(run.checkpoint)


def test_without_patience_the_last_checkpoint_is_the_best(qwen, examples, quick, tmp_path):
    settings = quick(max_steps=20, eval_every=2, save_every=2, learning_rate=0.1, lora_dropout=0.0)
    run = train(qwen, examples[:3], examples[3:], settings, tmp_path)
    assert min(run.dev_losses, key=run.dev_losses.get) < 20
    assert run.best == run.checkpoint


def test_gain_is_counted_from_the_first_time_that_the_lowest_was_seen():
    assert [evaluations_without_gain(losses) for losses in ([], [1.0], [2.0, 1.0, 1.0, 3.0])] == [0, 0, 2]


def test_cut_examples_are_counted(qwen, examples, quick, tmp_path):
    run = train(qwen, examples, [], quick(max_steps=1, max_input_tokens=12, max_output_tokens=2), tmp_path)
    assert run.cut == {"prompt": 2, "reply": 5}


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(qwen, examples, quick, tmp_path, monkeypatch):
    monkeypatch.setattr("training.ml.trainer.learned_loss", lambda *a: torch.tensor(float("nan"), requires_grad=True))
    with pytest.raises(Diverged, match="step 1; a lower learning rate"):
        train(qwen, examples, [], quick(), tmp_path)


# --- what is refused


def test_a_run_without_examples_is_refused(qwen, quick, tmp_path):
    with pytest.raises(CannotTrain, match="no example"):
        train(qwen, [], [], quick(), tmp_path)


def test_what_cannot_work_is_refused_before_anything_is_loaded(qwen, examples, quick, tmp_path):
    with pytest.raises(CannotTrain, match="context window of 512"):
        train(qwen, examples, [], quick(max_input_tokens=500), tmp_path)


def test_an_output_folder_that_cannot_be_written_is_an_error(qwen, examples, quick, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OSError, match="taken"):
        train(qwen, examples, [], quick(), tmp_path / "taken")


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
            if int(line) == 7:
                process.send_signal(signal.SIGKILL)
                break
        process.wait(20)
    (folder / ".writing-checkpoint-8").mkdir(exist_ok=True)  # as if it had been killed while it saved
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


def test_what_a_run_tells_is_written_for_tensorboard_too(tmp_path, monkeypatch):
    written = []

    class Writer:
        def __init__(self, folder, flush_secs):
            written.append(folder)

        def add_scalar(self, *values):
            written.append(values)

        def close(self):
            written.append("closed")

    told = []
    monkeypatch.setattr("training.ml.events._summary_writer", lambda: Writer)
    with recorded(tmp_path, told.append) as tell:
        tell(Progress(3, 9, 1.5, None, 0.1, 50.0, 20.0, 100.0, 7.0))
    assert told[0].step == 3
    assert written[:2] == [str(tmp_path / "events"), ("loss", 1.5, 3)]
    assert "dev_loss" not in [values[0] for values in written[1:-1]]
    assert written[-1] == "closed"
