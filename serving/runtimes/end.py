"""The end model: any causal language model that transformers loads, with a PEFT adapter where there is one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, StoppingCriteriaList

from serving.runtimes.loops import loop_in, without_loop
from serving.runtimes.numbers import Numbers
from serving.runtimes.prompt import encode_prompt, fits_window
from serving.runtimes.protocol import EVALUATION, Decoding, Message, ModelUnavailable, Reply, first_line
from serving.runtimes.reading import spoken
from serving.runtimes.stopping import StopLoops

BATCH = 16
# For models whose tokenizer has no chat template.
PLAIN_TEMPLATE = (
    "{% for m in messages %}{{ {'user': 'Customer', 'assistant': 'Agent'}.get(m.role, 'Note') }}: {{ m.content }}\n"
    "{% endfor %}{% if add_generation_prompt %}Agent:{% endif %}"
)


class Prompt(NamedTuple):
    ids: list[int]
    numbers: Numbers


class EndRuntime:
    """A local model. Loading raises ModelUnavailable with one sentence."""

    def __init__(self, model: str | Path, adapter: str | Path | None = None, trust_remote_code: bool = False):
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(
                model, padding_side="left", trust_remote_code=trust_remote_code
            )
            # For some architectures transformers makes an empty tokenizer where the folder has none.
            if len(self.tokenizer) <= len(self.tokenizer.all_special_tokens):
                raise ValueError("it has no tokenizer")
            self.model = AutoModelForCausalLM.from_pretrained(
                model, dtype="auto", use_safetensors=True, trust_remote_code=trust_remote_code
            )
            if adapter:
                self.model = _adapted(self.model, Path(adapter))
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelUnavailable(f"The end model {model} cannot be loaded: {first_line(error)}") from error
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        if self.device == "cpu":
            self.model = self.model.float()  # half precision is slow or missing on many CPUs
        self.model.to(self.device).eval()
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        if not self.tokenizer.chat_template:
            self.tokenizer.chat_template = PLAIN_TEMPLATE

    def reply(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> Reply:
        return self.reply_batch([messages], decoding)[0]

    def reply_batch(self, conversations: Sequence[Sequence[Message]], decoding: Decoding = EVALUATION) -> list[Reply]:
        """Replies in the order of the conversations; those of similar length share a batch, so little is padded.

        The latency of a reply is its share of the batch's time.
        """
        prompts = [
            Prompt(self.encode(messages, decoding.max_input_tokens), Numbers.of(self.tokenizer, messages))
            for messages in conversations
        ]
        by_length = sorted(range(len(prompts)), key=lambda i: len(prompts[i].ids))
        replies: dict[int, Reply] = {}
        for start in range(0, len(by_length), BATCH):
            chosen = by_length[start : start + BATCH]
            replies |= zip(chosen, self._generate([prompts[i] for i in chosen], decoding), strict=True)
        return [replies[i] for i in range(len(prompts))]

    def fits(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> bool:
        return fits_window(self.tokenizer, messages, decoding.max_input_tokens)

    def encode(self, messages: Sequence[Message], max_tokens: int) -> list[int]:
        """Token ids of the prompt, as encode_prompt."""
        return encode_prompt(self.tokenizer, messages, max_tokens)

    def _padded(self, prompts: list[list[int]]) -> dict[str, torch.Tensor]:
        batch = self.tokenizer.pad({"input_ids": prompts}, return_tensors="pt")  # (B, T), padded on the left
        return {name: batch[name].to(self.device) for name in ("input_ids", "attention_mask")}

    def _sampling(self, decoding: Decoding) -> dict:
        chosen = {"max_new_tokens": decoding.max_new_tokens, "pad_token_id": self.tokenizer.pad_token_id}
        if decoding.temperature > 0:
            return chosen | {"do_sample": True, "temperature": decoding.temperature, "top_p": decoding.top_p}
        return chosen | {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}

    def _generate(self, prompts: list[Prompt], decoding: Decoding) -> list[Reply]:
        inputs = self._padded([prompt.ids for prompt in prompts])
        width = inputs["input_ids"].shape[1]
        started = time.perf_counter()
        with torch.inference_mode():
            guard = StoppingCriteriaList([StopLoops(width, self._decoded)])
            written = self.model.generate(**inputs, **self._sampling(decoding), stopping_criteria=guard)[:, width:]
        latency_ms = 1000 * (time.perf_counter() - started) / len(prompts)
        return [self._read(ids, prompt, latency_ms) for ids, prompt in zip(written.tolist(), prompts, strict=True)]

    def _read(self, ids: list[int], prompt: Prompt, latency_ms: float) -> Reply:
        ends = self.model.generation_config.eos_token_id
        ends = set(ends if isinstance(ends, list) else [ends])
        stop = next((i for i, token in enumerate(ids) if token in ends), None)
        text = spoken(prompt.numbers.decode(ids[:stop], self._decoded))
        finish = "length" if stop is None else "stop"
        loop = loop_in(text)
        if loop:
            text, finish = without_loop(text, loop), "loop"
        return Reply(text, latency_ms, len(prompt.ids), len(ids[:stop]), finish if text else "empty")

    def _decoded(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)


def _adapted(model: PreTrainedModel, adapter: Path) -> PreTrainedModel:
    """The model with its adapter. PEFT alone would fall back to pickled weights, or to a name on the hub."""
    from peft import PeftModel

    if not (adapter / "adapter_model.safetensors").is_file():
        raise ValueError(f"its adapter {adapter} has no adapter_model.safetensors")
    return PeftModel.from_pretrained(model, str(adapter))
