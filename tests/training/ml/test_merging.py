import json
import shutil

import pytest
from safetensors.torch import load_file

from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Decoding
from training.ml.merging import CannotMerge, merge
from training.ml.train import train

SHORT = Decoding(max_input_tokens=64, max_new_tokens=12)


@pytest.fixture
def checkpoint(qwen, examples, quick, tmp_path):
    return train(qwen, examples, [], quick(max_steps=8, learning_rate=0.02), tmp_path / "run").checkpoint


def test_a_merged_model_says_what_the_adapter_says(qwen, checkpoint, examples, tmp_path):
    merged = EndRuntime(merge(qwen, checkpoint, tmp_path / "merged"))
    conversations = [example.messages for example in examples]
    with_adapter = EndRuntime(qwen, checkpoint).reply_batch(conversations, SHORT)
    assert [r.text for r in merged.reply_batch(conversations, SHORT)] == [r.text for r in with_adapter]
    plain = EndRuntime(qwen).reply_batch(conversations, SHORT)
    assert [r.text for r in with_adapter] != [r.text for r in plain]
    assert not any("lora" in name for name in load_file(tmp_path / "merged" / "model.safetensors"))


def test_a_prefix_is_not_merged(qwen, examples, quick, tmp_path):
    run = train(qwen, examples, [], quick(method="ptuning_v2", max_steps=1), tmp_path / "run")
    with pytest.raises(CannotMerge, match="only LoRA can be merged"):
        merge(qwen, run.checkpoint, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_what_is_there_is_replaced_whole(qwen, checkpoint, tmp_path):
    folder = tmp_path / "merged"
    folder.mkdir()
    (folder / "old.json").write_text("{}")
    merge(qwen, checkpoint, folder, exact=True)
    assert not (folder / "old.json").exists()
    assert json.loads((folder / "config.json").read_text())["dtype"] == "float32"


def test_a_folder_without_an_adapter_is_named(qwen, checkpoint, tmp_path):
    with pytest.raises(CannotMerge, match="nowhere"):
        merge(qwen, tmp_path / "nowhere", tmp_path / "merged")
    bare = shutil.copytree(checkpoint, tmp_path / "bare")
    (bare / "adapter_model.safetensors").unlink()
    with pytest.raises(CannotMerge, match=r"no adapter_model\.safetensors"):
        merge(qwen, bare, tmp_path / "merged")
