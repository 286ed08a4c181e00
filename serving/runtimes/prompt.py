"""From a conversation to the token ids that a local model reads."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from transformers import PreTrainedTokenizerBase

from serving.runtimes.conversation import ROLE_NAMES, prepared
from serving.runtimes.numbers import Numbers
from serving.runtimes.protocol import Message

CHARACTERS_PER_TOKEN = 32  # more than nearly any token has; what is further back than that cannot be in the window
PLACE = "\ue000{}\ue001"  # private characters: stands for a content while the template is applied
PLACES = re.compile("\ue000(\\d+)\ue001")


def encode_prompt(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], max_tokens: int) -> list[int]:
    """Token ids of the prompt, at most `max_tokens` of them.

    Of a conversation that is longer the newest turns are kept, from a customer's on, and system messages; of a single
    turn that is longer its end.
    """
    capped = _capped(messages, max_tokens)
    system = [message for message in capped if message.role == "system"]
    spoken = [message for message in capped if message.role != "system"]
    starts = [i for i, message in enumerate(spoken) if message.role == "customer"] or [0]

    numbers = Numbers.of(tokenizer, messages)

    def encoded(start: int) -> list[int]:
        return _encode(tokenizer, prepared([*system, *spoken[start:]]), numbers)

    everything = encoded(starts[0])
    if len(everything) <= max_tokens:
        return everything
    # Fewer turns are fewer tokens, so the earliest start that fits is found by halving; the last one has to do.
    first = bisect_left(starts[1:-1], True, key=lambda start: len(encoded(start)) <= max_tokens)
    return encoded(starts[1:][first] if starts[1:] else starts[0])[-max_tokens:]


def fits_window(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], max_tokens: int) -> bool:
    """Whether encode_prompt keeps all of it."""
    characters = sum(len(message.text) for message in messages)
    return (
        characters <= max_tokens * CHARACTERS_PER_TOKEN
        and len(_encode(tokenizer, prepared(messages), Numbers.of(tokenizer, messages))) <= max_tokens
    )


def encode_text(tokenizer: PreTrainedTokenizerBase, text: str, numbers: Numbers) -> list[int]:
    """Token ids of what a person wrote, its numbers in their slots.

    The markers of a chat template in it are plain text, never control tokens.
    """

    def plain(between: str) -> list[int]:
        pieces = _pieces(between, _control_pattern(tokenizer))
        encoded = (tokenizer.encode(piece, add_special_tokens=False, split_special_tokens=True) for piece in pieces)
        return [token for ids in encoded for token in ids]

    return numbers.encode(text, plain)


def _capped(messages: Sequence[Message], max_tokens: int) -> list[Message]:
    """The system's message, and the newest turns as far back as the window can reach."""
    room, kept = max_tokens * CHARACTERS_PER_TOKEN, []
    for message in reversed(messages):
        if message.role == "system":
            kept.append(message)
        elif room > 0:
            kept.append(Message(message.role, message.text[-room:]))
            room -= len(message.text)
    return kept[::-1]


def _encode(tokenizer: PreTrainedTokenizerBase, messages: list[Message], numbers: Numbers) -> list[int]:
    turns = [{"role": ROLE_NAMES[m.role], "content": m.text} for m in messages]
    options = {"add_generation_prompt": True, "enable_thinking": False}
    pattern = _control_pattern(tokenizer)
    if not numbers.slot_of and not any(pattern.search(turn["content"]) for turn in turns):
        return tokenizer.apply_chat_template(turns, return_dict=False, **options)
    places = [turn | {"content": PLACE.format(i)} for i, turn in enumerate(turns)]
    rendered = PLACES.split(tokenizer.apply_chat_template(places, tokenize=False, **options))
    ids: list[int] = []
    for i, part in enumerate(rendered):  # the template's own text and the numbers of contents by turns
        if i % 2:
            ids += encode_text(tokenizer, turns[int(part)]["content"].strip(), numbers)
        elif part:
            ids += tokenizer.encode(part, add_special_tokens=False)
    return ids


@lru_cache(maxsize=8)
def _control_pattern(tokenizer: PreTrainedTokenizerBase) -> re.Pattern[str]:
    """Finds where the text of a token begins that the tokenizer knows as a whole, such as <|im_end|>."""
    added = {token.content for token in tokenizer.added_tokens_decoder.values()} | set(tokenizer.all_special_tokens)
    markers = sorted((re.escape(token) for token in added if len(token.strip()) > 1), key=len, reverse=True)
    return re.compile(f"(?=(?:{'|'.join(markers)}))") if markers else re.compile(r"(?!)")


def _pieces(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The text, cut inside every marker, so that no piece holds a whole one."""
    cuts = [0, *(found.start() + 1 for found in pattern.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts) if end > start]
