"""A prefix that begins as keys and values of real text.

PEFT draws prefixes from N(0, 1), which is far from anything that the model ever sees and takes thousands of steps to
repair. Starting from what the base itself computes for training conversations costs one forward pass.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from peft import PeftModel
from peft.tuners.cartridge.utils import prompt_embeddings_from_past_key_values

from training.ml.examples import Encoded


@torch.no_grad()
def start_from_text(model: PeftModel, encoded: Iterable[Encoded]) -> None:
    """Set the prefix to the keys and values of the first `virtual_tokens` ids of the examples, one after another."""
    encoder, config = model.prompt_encoder["default"], model.peft_config["default"]
    ids = _first_ids(encoded, config.num_virtual_tokens).to(model.device)
    with model.disable_adapter():
        cache = model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=True).past_key_values
    wanted = prompt_embeddings_from_past_key_values(cache, num_virtual_tokens=config.num_virtual_tokens)  # (N, 2LD)
    if config.prefix_projection:
        _solve(encoder, wanted.float())
    else:
        encoder.load_prompt_embeddings(wanted.float())


def _first_ids(encoded: Iterable[Encoded], wanted: int) -> torch.Tensor:
    """(1, wanted) ids, the examples repeated where there are too few."""
    ids = [token for example in encoded for token in example.ids]
    return torch.tensor([(ids * (wanted // len(ids) + 1))[:wanted]])


def _solve(encoder: torch.nn.Module, wanted: torch.Tensor) -> None:
    """Choose the last layer so that the projection gives `wanted` (N, 2LD): exact where N is at most its inputs."""
    hidden = encoder.transform[:-1](encoder.embedding.weight)  # (N, H)
    last = encoder.transform[-1]
    offset = wanted.mean(dim=0)
    weight = torch.linalg.lstsq(hidden.double().cpu(), (wanted - offset).double().cpu(), driver="gelsd").solution
    last.weight.copy_(weight.T)
    last.bias.copy_(offset)
