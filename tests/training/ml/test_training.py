import json
import shutil
import struct

import pytest
import torch
from tensorboardX.proto.event_pb2 import Event

from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Decoding
from tests.tiny_models import ARCHITECTURES
from training.ml import checkpoints
from training.ml.callbacks import Diverged, evaluations_without_gain
from training.ml.data import TrainingData
from training.ml.examples import count_cuts
from training.ml.methods import METHODS
from training.ml.train import CannotTrain, train

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
    assert all(p.tokens_per_s > 0 < p.memory_mb for p in told)


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


def test_the_checkpoint_of_the_lowest_dev_loss_is_the_best(qwen, examples, quick, tmp_path):
    settings = quick(max_steps=20, eval_every=2, save_every=2, learning_rate=0.1, lora_dropout=0.0)
    run = train(qwen, examples[:3], examples[3:], settings, tmp_path)
    lowest = min((step for step in run.dev_losses if step), key=run.dev_losses.get)
    assert lowest < 20
    assert (run.best, run.checkpoint) == (tmp_path / f"checkpoint-{lowest}", tmp_path / "checkpoint-20")


def test_gain_is_counted_from_the_first_time_that_the_lowest_was_seen():
    assert [evaluations_without_gain(losses) for losses in ([], [1.0], [2.0, 1.0, 1.0, 3.0])] == [0, 0, 2]


def test_cut_examples_are_counted(qwen, examples, quick):
    data = TrainingData(qwen, examples, [], quick(max_input_tokens=12, max_output_tokens=2))
    assert count_cuts(data.train) == {"prompt": 2, "reply": 5}


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(qwen, examples, quick, tmp_path, monkeypatch):
    monkeypatch.setattr("training.ml.trainer.learned_loss", lambda *a: torch.tensor(float("nan"), requires_grad=True))
    with pytest.raises(Diverged, match="step 1; a lower learning rate"):
        train(qwen, examples, [], quick(), tmp_path)


def test_what_a_run_tells_is_written_for_tensorboard_too(qwen, examples, quick, tmp_path):
    settings = quick(max_steps=4, eval_every=2, warmup_steps=1)
    run = train(qwen, examples[:3], examples[3:], settings, tmp_path)
    scalars = scalars_in(tmp_path / "events")
    assert scalars["train/loss"] == pytest.approx(dict(enumerate(run.losses, start=1)))
    assert scalars["eval/loss"] == pytest.approx(run.dev_losses)
    assert scalars["train/learning_rate"][1] == 0
    for name in ("tokens_per_s", "learned_tokens_per_s", "memory_mb"):
        assert list(scalars[f"train/{name}"]) == [1, 2, 3, 4]
        assert min(scalars[f"train/{name}"].values()) > 0
    assert scalars["train/tokens_per_s"][4] > scalars["train/learned_tokens_per_s"][4]


def scalars_in(folder) -> dict[str, dict[int, float]]:
    """name: {step: value} of the event files; a record is its length, a checksum, the event, a checksum."""
    found = {}
    for file in folder.iterdir():
        data = file.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            event, data = Event.FromString(data[12 : 12 + length]), data[16 + length :]
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def test_a_long_run_is_logged_now_and_then_and_reported_at_each_step(qwen, examples, quick, tmp_path):
    told, settings = [], quick(max_steps=600)
    run = train(qwen, examples, [], settings, tmp_path, on_progress=told.append, should_stop=lambda: len(told) == 7)
    assert [progress.step for progress in told] == [1, 2, 3, 4, 5, 6, 7]
    assert scalars_in(tmp_path / "events")["train/loss"] == pytest.approx(
        {3: sum(run.losses[:3]) / 3, 6: sum(run.losses[3:6]) / 3}
    )


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
