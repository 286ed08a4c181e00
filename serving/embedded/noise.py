"""Wordings that customers might have typed instead: a small corpus must teach more than its own wordings."""

from __future__ import annotations

import re
from random import Random

from serving.embedded.synonyms import SYNONYMS

OPENINGS = {
    "zh": (
        "亲，",
        "你好 ",
        "您好，",
        "在吗 ",
        "请问",
        "请问一下 ",
        "老板 ",
        "客服 ",
        "问下 ",
        "那个，",
        "我想问下",
        "hi ",
        "ok ",
    ),
    "en": ("hi, ", "hello, ", "hey ", "excuse me, ", "quick question: ", "um, ", "sorry, "),
}
ENDINGS = {
    "zh": ("呢", "啊", "呀", "？", "?", "??", "。", "！", "...", " 谢谢", " 急", "，麻烦了", "~"),
    "en": ("?", "??", "!", "...", " please", " thanks", " asap", " pls"),
}
CLOSING_MARKS = "。？！?!~.， "
ANY_CHINESE = (0x4E00, 0x9FA5)
LONG_NUMBER = re.compile(r"\d{4,}")


def noisy(text: str, language: str, rng: Random, slips_per_character: float = 0.04) -> str:
    """The same question with another opening, ending, word or case, and a typo here and there."""
    if rng.random() < 0.25:
        return text
    if rng.random() < 0.5:
        text = text.rstrip(CLOSING_MARKS) or text
    if rng.random() < 0.5:
        text = _reworded(text, language, rng)
    if language == "en":
        text = rng.choice((str, str, str.lower, str.capitalize))(text)
    text = "".join(_slip(character, rng) if rng.random() < slips_per_character else character for character in text)
    if rng.random() < 0.2:
        text = rng.choice(OPENINGS[language]) + text
    if rng.random() < 0.3:
        text += rng.choice(ENDINGS[language])
    return text


def _reworded(text: str, language: str, rng: Random) -> str:
    """With a synonym for one of its words, where any has synonyms."""
    known = [(word, group) for group in SYNONYMS[language] for word in group if word in text]
    if not known:
        return text
    word, group = rng.choice(known)
    return text.replace(word, rng.choice([other for other in group if other != word]), 1)


def _slip(character: str, rng: Random) -> str:
    """The character omitted, doubled or replaced by another; digits stay."""
    if character.isdigit():
        return character
    other = rng.choice("aeinorst") if character.isascii() else chr(rng.randint(*ANY_CHINESE))
    return rng.choice(("", "", character * 2, other))


def renumbered(texts: list[str], rng: Random) -> list[str]:
    """All long numbers with other digits, mapped alike in every text, so that a repeated number stays repeated."""
    digits = list("0123456789")
    rng.shuffle(digits)
    other = str.maketrans("0123456789", "".join(digits))
    return [LONG_NUMBER.sub(lambda number: number.group().translate(other), text) for text in texts]
