"""How a teacher is asked for other wordings of a customer's question, and how its reply is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from serving.corpus import normalised
from serving.runtimes.protocol import Message

PROMPT = (
    "请把下面对话中顾客最后的问题换成别的说法，像不同的顾客会打的那样：意思、语言、数字和方括号里的内容都不变，"
    "有长有短，有的口语。每行写一种，不编号，不写别的内容。写这么多种："
)
BULLET = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、）](?!\d))\s*")  # not of “7、8月有货吗” or “2.5米”
QUOTES = "\"'“”「」"
LONGEST = 300  # characters


def paraphrase_request(conversation: Sequence[Message], count: int) -> list[Message]:
    """The conversation, whose last turn is the customer's question, after the request for `count` other wordings."""
    return [Message("system", f"{PROMPT}{count}"), *conversation]


def requested_count(messages: Sequence[Message]) -> int:
    """How many paraphrases the messages ask for; 0 where they ask for an answer."""
    head = messages[0].text if messages and messages[0].role == "system" else ""
    return int(head.removeprefix(PROMPT)) if head.startswith(PROMPT) else 0


def paraphrases_in(reply: str, question: str) -> list[str]:
    """The lines of a reply without bullets and quotes: each once, none that is the question itself or overlong."""
    lines = [BULLET.sub("", line).strip().strip(QUOTES).strip() for line in reply.splitlines()]
    by_key = {normalised(line): line for line in reversed(lines) if 0 < len(line) <= LONGEST}
    return [text for key, text in reversed(by_key.items()) if key and key != normalised(question)]
