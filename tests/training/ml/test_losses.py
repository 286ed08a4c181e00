from functools import partial
from types import SimpleNamespace

import pytest
import torch
from peft import PeftModel

from tests.tiny_models import ARCHITECTURES
from training.ml.adapters import adapted
from training.ml.batches import collator
from training.ml.examples import encode
from training.ml.loading import load_model, load_tokenizer
from training.ml.losses import dev_loss, learned_loss
from training.ml.methods import METHODS
from training.ml.methods.lora import targets
from training.ml.precision import choose
from training.ml.prefixes import start_from_text


@pytest.fixture
def encoded(qwen, examples):
    tokenizer = load_tokenizer(qwen)
    return [encode(example, tokenizer, 64, 32) for example in examples]


@pytest.fixture
def collate(qwen):
    return collator(load_tokenizer(qwen))


@pytest.fixture
def batch(encoded, collate):
    return collate([example.features() for example in encoded])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_loss_and_gradients_equal_those_of_all_logits(bases, quick, batch, architecture, method):
    torch.manual_seed(0)
    model = adapted(load_model(bases[architecture]), quick(method=method, lora_dropout=0.0)).train()
    ours = learned_loss(model, batch)
    ours.backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    plain = model(**batch).loss
    plain.backward()
    assert gradients
    assert ours.item() == pytest.approx(plain.item(), rel=1e-6)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(gradients[name], parameter.grad, rtol=1e-4, atol=1e-6)


def test_the_output_layer_sees_learned_positions_alone(qwen, quick, batch):
    model = adapted(load_model(qwen), quick())
    seen = []
    model.get_base_model().lm_head.register_forward_hook(lambda module, arguments, out: seen.append(out.shape[:-1]))
    learned_loss(model, batch)
    assert seen == [(int((batch["labels"] != -100).sum()),)]


def test_dev_loss_does_not_depend_on_the_batches(qwen, quick, encoded, collate):
    model = adapted(load_model(qwen), quick())
    singly, all_at_once = (dev_loss(model, encoded, collate, size) for size in (1, 5))
    assert singly == pytest.approx(all_at_once, rel=1e-5)
    assert dev_loss(model, [], collate, 4) is None
    assert dev_loss(model, encoded, collate, 4, should_stop=lambda: True) is None


# --- methods


def test_lora_has_targets_for_every_architecture(bases):
    for base in bases.values():
        assert targets(load_model(base), "attention") == ["q_proj", "k_proj", "v_proj"]
        assert targets(load_model(base), "all-linear") == "all-linear"


def test_where_no_attention_layer_is_known_by_name_all_are_adapted():
    assert targets(torch.nn.Sequential(torch.nn.Linear(2, 2)), "attention") == "all-linear"


def test_an_adapter_is_never_put_on_an_adapter(qwen, quick):
    model = adapted(load_model(qwen), quick())
    with pytest.raises(ValueError, match="without an adapter"):
        adapted(model, quick())


@pytest.mark.parametrize("method", METHODS)
def test_only_the_adapter_is_trained(qwen, quick, method):
    model = adapted(load_model(qwen), quick(method=method))
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    assert trained
    assert all("lora_" in name or "prompt_encoder" in name for name in trained)


@pytest.mark.parametrize("method", ["prefix", "ptuning_v2"])
def test_a_prefix_begins_as_what_the_base_computes_for_text(qwen, quick, encoded, method):
    model = adapted(load_model(qwen), quick(method=method, virtual_tokens=12))
    start_from_text(model, encoded)
    ids = torch.tensor([[token for example in encoded for token in example.ids][:24]])
    with torch.no_grad():
        prefixed = model(input_ids=ids[:, 12:], attention_mask=torch.ones_like(ids[:, 12:])).logits
        with model.disable_adapter():
            whole = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, 12:]
    torch.testing.assert_close(prefixed, whole, rtol=1e-3, atol=1e-3)
    assert isinstance(model, PeftModel)


# --- precision


def test_a_wanted_precision_is_taken_without_measuring():
    assert choose("bfloat16", None, 0, of="wanted") == "bfloat16"


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is not measured")
def test_the_faster_precision_is_chosen_where_it_pays_and_stays_chosen(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("training.ml.precision.time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def probe(seconds):
        def step(dtype):
            clock[0] += seconds[dtype]

        return lambda dtype: partial(step, dtype)

    clearly = {torch.float32: 0.02, torch.bfloat16: 0.005}
    hardly = {torch.float32: 0.02, torch.bfloat16: 0.0199}
    assert choose("auto", probe(clearly), 1, of="clearly") == "bfloat16"
    assert choose("auto", probe(hardly), 1, of="hardly") == "float32"
    assert choose("auto", probe(hardly), 1, of="clearly") == "bfloat16", "a trial and its run would not compare"


def test_a_large_base_is_not_loaded_twice_to_measure():
    assert choose("auto", None, 7_000_000_000, of="large") in ("bfloat16", "float32")
