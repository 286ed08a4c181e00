"""From a conversation with its reply to token ids, the same prompt as serving makes, and what of it is learned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving.runtimes.protocol import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


IGNORED = -100  # a label that the loss leaves out


@dataclass(frozen=True)
class Example:
    """A reply to learn. `messages` end with the customer's turn; `source` is person | teacher | corpus | replay."""

    messages: tuple[Message, ...]
    reply: str
    source: str = "person"
    id: str = ""


@dataclass(frozen=True)
class Encoded:
    """Token ids of prompt, reply and one end token; those from `learned_from` on are learned."""

    ids: list[int]  # (T,)
    learned_from: int
    cut: tuple[str, ...] = ()  # of prompt | reply: which was longer than its limit

    def features(self) -> dict[str, list[int]]:
        """input_ids, attention_mask and labels, each (T,), as the collators of transformers take them."""
        labels = [IGNORED] * self.learned_from + self.ids[self.learned_from :]
        return {"input_ids": self.ids, "attention_mask": [1] * len(self.ids), "labels": labels}


def encode(
    example: Example,
    tokenizer: PreTrainedTokenizerBase,
    max_input_tokens: int,
    max_output_tokens: int,
    end: int | None = None,
) -> Encoded:
    """Prompt, reply and end token, at most `max_input_tokens + max_output_tokens` ids.

    Of a prompt that is too long the oldest turns go first, then the beginning of what is left; of a reply its end.
    A cut reply gets an end token all the same: a row without one teaches the model not to stop.
    Raises ValueError on an empty reply or a conversation that does not end with the customer.
    """
    if not example.messages or example.messages[-1].role != "customer":
        raise ValueError(f"Example {example.id or '?'}: expected a conversation that ends with a customer's turn.")
    # The modules of the runtimes load torch, which the web process must not.
    from serving.runtimes.numbers import Numbers
    from serving.runtimes.prompt import encode_prompt, encode_text

    said = encode_text(tokenizer, example.reply.strip(), Numbers.of(tokenizer, example.messages))
    if not said:
        raise ValueError(f"Example {example.id or '?'}: expected a reply, got an empty one.")
    everything = encode_prompt(tokenizer, example.messages, 10**9)
    prompt = encode_prompt(tokenizer, example.messages, max_input_tokens)
    kept = said[: max_output_tokens - 1]
    cut = [name for name, is_cut in (("prompt", prompt != everything), ("reply", kept != said)) if is_cut]
    return Encoded([*prompt, *kept, tokenizer.eos_token_id if end is None else end], len(prompt), tuple(cut))


def end_token(tokenizer: PreTrainedTokenizerBase, stops: Collection[int] = ()) -> int:
    """The token that ends a reply: the template's own where generation stops at it (`stops`), else one that does."""
    marker = "ok"
    said = [{"role": "user", "content": marker}, {"role": "assistant", "content": marker}]
    text = tokenizer.apply_chat_template(said, tokenize=False, enable_thinking=False)
    rest = tokenizer.encode(text[text.rindex(marker) + len(marker) :], add_special_tokens=False)
    candidates = [*(token for token in rest[:1] if token in tokenizer.all_special_ids), tokenizer.eos_token_id]
    return next((token for token in [*candidates, *stops] if token in stops or not stops), candidates[-1])


def count_cuts(encoded: Iterable[Encoded]) -> dict[str, int]:
    """How many examples lost something, by what they lost."""
    counts = {"prompt": 0, "reply": 0}
    for example in encoded:
        for name in example.cut:
            counts[name] += 1
    return counts
