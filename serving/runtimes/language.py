"""The language of a text, by its script."""

import re

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile("[A-Za-z]")
MASK = re.compile(r"\[[^\[\]]{1,12}\]")


def language_of(texts: list[str]) -> str:
    """`zh`, `en` or `other`, judged by script; masks such as [订单x] do not count."""
    joined = MASK.sub("", " ".join(texts))
    han, latin = len(HAN.findall(joined)), len(LATIN.findall(joined))
    if han * 4 >= latin and han:
        return "zh"
    return "en" if latin else "other"
