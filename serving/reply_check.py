"""What a server says about its reply, held against what it was sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from serving.runtimes.protocol import CloudProblem, Decoding, Message, Reply

MOST_CHARACTERS_PER_TOKEN = 40  # of a reply: more than any token has
MOST_TOKENS_PER_CHARACTER = 4  # a character is at most four bytes, and no tokenizer needs more than a token a byte
TOKENS_PER_MESSAGE = 100  # more than any chat template adds
LONG = 4_000  # characters of a prompt; a shorter one fits in every window
HAN = re.compile("[\u3400-\u9fff]")
FEWEST_TOKENS_PER_HAN, FEWEST_TOKENS_PER_OTHER = 1 / 4, 1 / 12  # what the best tokenizers need is twice as much


def checked(reply: Reply, messages: Sequence[Message], decoding: Decoding) -> Reply:
    """The reply, with figures that can be. Raises CloudProblem where it is far too long, or the prompt was cut."""
    if len(reply.text) > MOST_CHARACTERS_PER_TOKEN * decoding.max_new_tokens:
        raise CloudProblem("broken", f"the reply has {len(reply.text):,} characters, far more than was asked for")
    _require_whole_prompt(reply, "".join(message.text for message in messages))
    return _with_possible_figures(reply, messages, decoding)


def _require_whole_prompt(reply: Reply, prompt: str) -> None:
    """A server with a small window drops the beginning, so the instructions, and answers as if nothing was missing."""
    han = len(HAN.findall(prompt))
    fewest = han * FEWEST_TOKENS_PER_HAN + (len(prompt) - han) * FEWEST_TOKENS_PER_OTHER
    if len(prompt) > LONG and 0 < reply.tokens_in < fewest:
        raise CloudProblem(
            "refused",
            f"the server read {reply.tokens_in:,} tokens of a prompt of {len(prompt):,} characters, so it cut the "
            "prompt to its window; give the server a larger one, or set CLOUD_WINDOW_TOKENS to what it has",
            tokens=reply.tokens_in + reply.tokens_out,
        )


def _with_possible_figures(reply: Reply, messages: Sequence[Message], decoding: Decoding) -> Reply:
    characters = sum(len(message.text) for message in messages)
    most_in = MOST_TOKENS_PER_CHARACTER * characters + TOKENS_PER_MESSAGE * (len(messages) + 1)
    most_out = max(10 * decoding.max_new_tokens, 10_000)  # thinking counts too
    if reply.tokens_in <= most_in and reply.tokens_out <= most_out:
        return reply
    remark = (
        f"the server reported {reply.tokens_in:,} + {reply.tokens_out:,} tokens, which cannot be; "
        f"at most {most_in:,} + {most_out:,} are booked"
    )
    return replace(
        reply, tokens_in=min(reply.tokens_in, most_in), tokens_out=min(reply.tokens_out, most_out), remark=remark
    )
