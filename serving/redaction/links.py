"""Links that let whoever has them in, or that say who had them."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "link"

TRIGGER = re.compile(r"//|[Ww]\.")
_LINK = re.compile(r"(?:https?://|www\.)[!#-;=?-Z_a-z~%\[\]@]{4,2000}", re.I)
_TRAILING = ".,;:!?)]'"
_SECRET_NAME = re.compile(
    r"[?&#;/](?:[a-z0-9]{1,20}[_-]?)?"
    r"(?:token|sid|session(?:id)?|ticket|auth|code|sig|sign|signature|key|secret|pass(?:word|wd)?|pwd|jwt|openid|unionid"
    r"|uid|userid|user(?:_?id|name)?|pin|account|phone|mobile|tel|email|mail|invite|share(?:id|_?from)?|otp|magic|reset"
    r"|order_?(?:id|no)?|trade_?no|tracking)=[^&#\s]",
    re.I,
)
_USER = re.compile(r"//[^/?#@\s]{1,200}@")
_RANDOM = re.compile(
    r"[=/]([A-Za-z0-9_-]{20,500}|[A-Za-z0-9_-]{8,500}\.[A-Za-z0-9_-]{8,500}\.[A-Za-z0-9_-]{8,500})(?![A-Za-z0-9_.-])"
)


def find(text: str) -> Iterator[Span]:
    """Links of a folded text with a token, a name or a long random part; those to a product or to a help page stay."""
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_TRAILING)
        if _SECRET_NAME.search(link) or _USER.search(link) or any(map(_is_random, _RANDOM.findall(link))):
            yield Span(KIND, match.start(), match.start() + len(link), Strength.CERTAIN)


def _is_random(part: str) -> bool:
    """Whether letters and digits are mixed as no name of a page mixes them."""
    return len(re.findall(r"[0-9]", part)) >= 3 and len(re.findall(r"[A-Za-z]", part)) >= 3
