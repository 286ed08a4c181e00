"""Names under which people are known elsewhere: WeChat, QQ, Alipay, shops; and passwords that they tell."""

import re
from collections.abc import Iterator

from .spans import Span, Strength

KIND = "account"

TRIGGER = re.compile("[!-~]{4}")
_LINKS = r"(?:[\s:=(\"'“]|号码|号|账号|帐号|账户|帐户|名|是|为|叫|id|is|加我|加|搜){0,6}"
_APART = r"(?:\s?[:=]\s?|是|为|\s)"
_NAMED = re.compile(
    r"(?:(?<!企业)微信(?!支付|红包|零钱|小程序|公众|群)|薇信|威信号|[vＶ]信|(?<![a-z])(?:wechat|weixin|wxid|wx|vx)(?![a-z])"
    r"|支付宝|(?<![a-z])alipay(?![a-z])|旺旺|淘宝[账帐]?号|京东[账帐]?号|抖音号?|小红书号?|微博号?|快手号?"
    r"|(?<![a-z])(?:telegram|instagram|snapchat|skype|line\sid|paypal)(?![a-z]))"
    rf"({_LINKS})(@?[A-Za-z][A-Za-z0-9_-]{{4,29}}|[0-9]{{5,12}})(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])",
    re.I,
)
_QQ = re.compile(
    r"(?:(?<![a-z])qq(?![a-z])(?!邮箱|音乐|群)|扣扣|企鹅号|球球)"
    rf"({_LINKS})([1-9][0-9]{{4,11}})(?![0-9A-Za-z@]|\.[0-9A-Za-z])",
    re.I,
)
_MEMBER = re.compile(
    r"(?:(?:[账帐]号|[账帐]户|用户名|会员名|会员[账帐]号|登录名|登陆名|用户ID|会员ID|会员号|会员卡号)(?:名|是|为)?"
    r"|(?<![a-z])(?:user\s?name|user\s?id|login(?:\sname|\sid)?|account\s?(?:name|number|no\.?|id)|member(?:ship)?\s?(?:number|no\.?|id))(?![a-z]))"
    rf"{_APART}{{0,3}}(?:is\s)?(@?[A-Za-z0-9][A-Za-z0-9_.-]{{3,39}})(?![A-Za-z0-9_@-])",
    re.I,
)
_PASSWORD = re.compile(
    r"(?:密码|口令|验证码|校验码|动态码|(?<![a-z])(?:password|passcode|pass\s?word|pin\s?code|verification\s?code|otp)(?![a-z]))"
    rf"{_APART}{{0,3}}(?:is\s)?([!-~]{{4,64}})",
    re.I,
)
_TOLD = re.compile(r"[:=是为叫号名]|id|is", re.I)
_NOT_A_WORD = re.compile("[0-9_@]")
_WECHAT_ID = re.compile(r"(?<![A-Za-z0-9_])wxid_[a-z0-9]{6,30}(?![A-Za-z0-9_])", re.I)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def find(text: str) -> Iterator[Span]:
    """Accounts of a folded text. A mobile or an address of e-mail used as one is left to its own kind."""
    for match in _WECHAT_ID.finditer(text):
        yield Span(KIND, *match.span(), Strength.CERTAIN)
    for pattern in (_NAMED, _QQ):
        for match in pattern.finditer(text):
            if (_TOLD.search(match[1]) or _NOT_A_WORD.search(match[2])) and not _MOBILE.fullmatch(match[2]):
                yield Span(KIND, *match.span(2), Strength.SHAPED)
    for pattern in (_MEMBER, _PASSWORD):
        for match in pattern.finditer(text):
            value = match[1].rstrip(".,;:!?)\"'")
            if len(value) >= 4 and _NOT_A_WORD.search(value) and not _MOBILE.fullmatch(value):
                yield Span(KIND, match.start(1), match.start(1) + len(value), Strength.SHAPED)
