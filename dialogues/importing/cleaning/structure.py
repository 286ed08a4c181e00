"""The steps that look at a dialogue as a whole."""

from __future__ import annotations

import re
from itertools import pairwise

from dialogues.importing.given import merged
from dialogues.importing.records import ParsedTurn

GREETING, CLOSING = "greeting", "closing"

_GREETING = re.compile(
    r"(?:亲[，,~～ ]{0,2})?(?:您好|你好|在的|亲)?.{0,12}"
    r"(?:欢迎光临|很高兴为[您你]服务|有什么(?:可以|能)(?:帮|为)[您你]|请问有什么可以|竭诚为[您你]服务)"
    r"|(?:hello|hi|welcome|thank you for (?:contacting|calling))\b.{0,80}"
    r"(?:how (?:can|may) i help|at your service|assist you)"
    r"|welcome to .{1,60}",
    re.I,
)
_CLOSING = re.compile(
    r"感谢[您你]的?(?:光临|支持|咨询|惠顾|来访|理解)|祝[您你](?:生活愉快|购物愉快|工作顺利|天天开心)"
    r"|期待(?:[您你]的)?(?:再次|下次)光临|(?:欢迎|期待)[您你]?(?:再次|下次)(?:光临|咨询)"
    r"|thank(?:s| you) for (?:shopping|contacting|choosing|visiting|your patience)"
    r"|have a (?:nice|great|good|wonderful) (?:day|one|evening|weekend)",
    re.I,
)
LONGEST = 120  # characters: who says more says something else besides


def without_empty_turns(turns: list[ParsedTurn]) -> list[ParsedTurn]:
    """Without the turns in which nothing is left to read."""
    return turns if all(turn.text for turn in turns) else [turn for turn in turns if turn.text]


def joined(turns: list[ParsedTurn]) -> list[ParsedTurn]:
    """Consecutive messages of one speaker as one turn, joined by line breaks; events stay apart."""
    if all(turn.role != following.role for turn, following in pairwise(turns)):
        return turns
    result: list[ParsedTurn] = []
    for turn in turns:
        last = result[-1] if result else None
        if last and last.role == turn.role != "event":
            result[-1] = last._replace(
                raw=f"{last.raw}\n{turn.raw}",
                text=f"{last.text}\n{turn.text}".strip("\n"),
                given=merged(last.given, turn.given),
            )
        else:
            result.append(turn)
    return result


def with_formulas_marked(turns: list[ParsedTurn]) -> list[ParsedTurn]:
    """The agent's greetings and closing formulas, which are said to everybody, are marked as such."""
    kinds = [formula_of(turn) for turn in turns]
    if not any(kinds):
        return turns
    return [turn._replace(formula=kind) if kind else turn for turn, kind in zip(turns, kinds, strict=True)]


def formula_of(turn: ParsedTurn) -> str:
    """`greeting`, `closing` or an empty text."""
    if turn.role != "agent" or len(turn.text) > LONGEST:
        return ""
    if _GREETING.match(turn.text):
        return GREETING
    return CLOSING if _CLOSING.search(turn.text) else ""
