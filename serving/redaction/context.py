"""The text around a number, which tells what the number is or is not.

Every look backwards is bounded, so that a detector that looks back at each number of a hostile text stays linear.
"""

import re

GAP = r"[ -]{1,3}"
MAY_GAP = r"[ -]{0,3}"
"""What people put, or may put, between the digits of a number."""

_LOOK_BACK = 40
_LINKS = r"(?:[\s:,#=(]|号码|号|是|为|如下|[给发报][你您]|the|is|number|num|no\.?|id|code|at|on){0,12}$"

_CURRENCY_BEFORE = re.compile(
    r"(?:[$¥€£]|(?<![a-z])(?:rmb|cny|usd|price|total)|价格|[单总售原现]价|到手价|金额|总计|合计)[\s:]{0,3}$", re.I
)
# 元旦 and 元宵 are festivals, before which a parcel should arrive.
_CURRENCY_AFTER = re.compile(r"\s?(?:元(?![旦宵])|块钱|%|¥|€|(?:rmb|cny|usd|yuan|dollars?)(?![a-z]))", re.I)
_FRACTION_BEFORE = re.compile(r"(?<![0-9])[0-9]{1,6}\.$")
_FRACTION_AFTER = re.compile(r"\.[0-9]{1,2}(?![0-9.])")
_PRODUCT_LABEL = r"商品(?:id|编号|编码|号|码)|货号|款号|sku|product\s?(?:id|code)|item\s?(?:id|code)"
_PRODUCT_PAGE = re.compile(r"(?:(?<![a-z])item\.|/item|/product|/goods|[?&/]sku)[a-z0-9./?=&_-]{0,30}[/=]$", re.I)


def label(words: str) -> re.Pattern[str]:
    """A pattern for `stands_before`: one of `words` (regex alternatives), then at most
    colons, spaces and words such as 号码 or "number is"."""
    return re.compile(f"(?:{words}){_LINKS}", re.I)


def stands_before(pattern: re.Pattern[str], text: str, start: int) -> bool:
    """Whether `pattern`, which ends in `$`, matches up to `start`, looking 40 characters back."""
    return pattern.search(text[max(0, start - _LOOK_BACK) : start]) is not None


def is_price(text: str, start: int, end: int) -> bool:
    """Whether a currency or a word such as 价格 stands beside the digits."""
    return stands_before(_CURRENCY_BEFORE, text, start) or _CURRENCY_AFTER.match(text, end) is not None


def is_fraction(text: str, start: int, end: int) -> bool:
    """Whether the digits are one side of a decimal point."""
    return stands_before(_FRACTION_BEFORE, text, start) or _FRACTION_AFTER.match(text, end) is not None


_PRODUCT = label(_PRODUCT_LABEL)


def is_product(text: str, start: int) -> bool:
    """Whether the digits name a product: by a label in front, or in the address of its page."""
    return stands_before(_PRODUCT, text, start) or stands_before(_PRODUCT_PAGE, text, start)


_HOTLINE = re.compile(r"(?:(?:00)?86)?[48]00[0-9]{7}|95[0-9]{3,4}|950[0-9]{5}")
_NOT_A_DIGIT = re.compile(r"[^0-9]")


def is_hotline(number: str) -> bool:
    """Whether `number` is a public service number of China (400, 800, 95xxx). It identifies nobody, and a reply may
    need it."""
    return _HOTLINE.fullmatch(digits(number)) is not None


def digits(number: str) -> str:
    """The ASCII digits of `number`, without separators."""
    return _NOT_A_DIGIT.sub("", number)


_CALENDAR = re.compile(r"(?:19|20)[0-9]{2}-?(?:0?[1-9]|1[0-2])-?(?:0?[1-9]|[12][0-9]|3[01])")


def is_calendar_date(token: str) -> bool:
    """Whether the token reads as year, month and day: 20240115, 2024-1-15."""
    return _CALENDAR.fullmatch(token) is not None
