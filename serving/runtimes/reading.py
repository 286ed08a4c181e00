"""One reader for what models write: plain text without the thinking before it, and token counts that are counts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from serving.runtimes.characters import whole_characters
from serving.runtimes.protocol import CloudProblem, Reply
from serving.runtimes.provider_words import words_of

# A leading block, whole or only its end: some templates put the opening tag into the prompt.
THINKING = re.compile(r"\A.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
OPEN_THINKING = re.compile(r"\A\s*<think(?:ing)?>", re.IGNORECASE)


def spoken(text: str) -> str:
    """What is said to the customer: without leading thinking and characters that no database stores, stripped.

    Thinking that never ends leaves nothing.
    """
    text = THINKING.sub("", whole_characters(text), count=1)
    return "" if OPEN_THINKING.match(text) else text.strip()


def tokens(value: object) -> int:
    """A count of tokens; 0, not known, where a server sends something else."""
    return value if type(value) is int and value > 0 else 0


def chat_completion(body: bytes) -> Reply:
    """The reply in the body of an OpenAI chat completion, also of one that was streamed without being asked to.

    Raises CloudProblem blocked, empty or broken.
    """
    try:
        text = body.decode("utf-8")
        completion = _from_events(text) if text.lstrip().startswith(("data:", ":", "event:")) else json.loads(text)
        _refuse_error(completion)
        choice = completion["choices"][0]
        content, finish = _content(choice["message"]), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CloudProblem("broken", "the server sent a reply that is not a chat completion") from error
    usage = completion.get("usage")
    counts = usage if isinstance(usage, Mapping) else {}
    used = tokens(counts.get("prompt_tokens")), tokens(counts.get("completion_tokens"))
    if finish == "content_filter":
        raise CloudProblem("blocked", "finish reason content_filter", tokens=sum(used) or None)
    said = spoken(content)
    if not said:
        raise CloudProblem("empty", _why_empty(content, finish), tokens=sum(used) or None)
    return Reply(said, 0, *used, finish_reason="length" if finish == "length" else "stop")


def _refuse_error(answer: Mapping[str, Any]) -> None:
    """Some servers report an error with status 200."""
    if answer.get("error") and not answer.get("choices"):
        words = words_of(json.dumps({"error": answer["error"]}, ensure_ascii=False))
        own_words = "the server reported an error"
        raise CloudProblem("refused", f"{own_words}: {words}" if words else own_words, own_words=own_words)


def _why_empty(content: str, finish: object) -> str:
    if content.strip():
        return f"nothing but thinking, finish reason {str(finish)[:20]}"
    return f"no text, finish reason {str(finish)[:20]}"


def _content(message: Mapping[str, Any]) -> str:
    """A text, null, or a list of parts of which the texts count."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part["text"] for part in content if part.get("type") == "text")
    if content is not None and not isinstance(content, str):
        raise TypeError("the content is no text")
    return content or ""


def _from_events(text: str) -> dict[str, Any]:
    """The completion that a stream of server-sent events adds up to."""
    content, finish, usage = [], None, None
    for line in text.splitlines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data == "[DONE]":
            continue
        event = json.loads(data)
        _refuse_error(event)
        usage = event.get("usage") or usage
        for choice in (event.get("choices") or [])[:1]:
            content.append(_content(choice.get("delta") or {}))
            finish = choice.get("finish_reason") or finish
    message = {"content": "".join(content)}
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}
