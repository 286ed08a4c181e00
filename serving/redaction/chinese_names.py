"""Names of people in Chinese text: after a field word, before a title, after 我叫, and before a telephone number."""

import re
from collections.abc import Iterator

from .spans import Span, Strength
from .surnames import CAUTIOUS_GIVEN, COMPOUND, GIVEN, NO_NAMES, SURNAME, TITLES

KIND = "name"

TRIGGER = re.compile(
    f"[货件系买单险卡户请款费办收签全真][人名]|[姓名昵叫]|[我这里]是|[收寄发交]给|寄到|收\\)?(?:[^\\w]|$)|[总哥姐叔姨](?:[^\\w]|$|您|你|好)|{TITLES}|1[3-9][0-9]"
)
_HAN = "[\u3400-\u9fff]"
_FOREIGN = rf"{_HAN}{{1,8}}(?:[·•・]{_HAN}{{1,8}}){{1,3}}"
_LATIN = r"[A-Z][A-Za-z'’-]{1,19}(?: [A-Z][A-Za-z'’.-]{0,19}){1,3}"
_NICKNAME = rf"[小老阿]{SURNAME}(?!{_HAN}子)|[小阿][明红刚强丽军华芳燕玲霞林雨雪宝东龙虎]"
_FIELD = (
    r"(?:(?:收货|收件|寄件|发件|签收|提货|取件|取货|联系|购买|下单|投保|持卡|开户|申请|付款|付费|经办|代收|代签|被投保)人"
    r"|姓名|户名|全名|真名|(?<!公司)(?<!店铺)(?<!商品)(?<!学校)(?<!单位)名字|联系人|昵称|(?:客户|顾客|用户|买家|会员|收货|收件|开户|持卡人?)(?:姓名|名字|名称))"
    r"(?:的?(?:姓名|名字))?"
)
_FOLLOWS = (
    r"(?:电话|手机|号码|联系|地址|身份|收[货件]?|住|性别|年龄|备注|签收|代收|先生|女士|小姐|谢谢|麻烦"
    r"|拜托|换成|改成|邮箱|微信|订单|在|来|吧|呢|吗|啊|哦|了|的|和|与|跟|或|及)"
)
_END = rf"(?={_FOLLOWS}|(?!{_HAN}|[·•・]).|$)"
_WHOLE = rf"{SURNAME}{GIVEN}{{1,2}}?"
_IN_TALK = rf"{SURNAME}(?:{CAUTIOUS_GIVEN}|[小可有成元老]{CAUTIOUS_GIVEN}|{CAUTIOUS_GIVEN}{{2}})"
_AFTER_FIELD = re.compile(
    rf"{_FIELD}(?:[\s:=(]|改?[为成]|应?该?是|叫做?|写|填){{0,4}}"
    rf"((?:{_FOREIGN}|{_LATIN}|{_NICKNAME}|{_WHOLE}){_END})",
    re.S,
)
_AFTER_COLON = re.compile(rf"{_FIELD} ?[:=] ?({_HAN}{{2,4}})(?![\u3400-\u9fff·])")
_INTRODUCED = re.compile(
    rf"(?:(?:我|她|他|本人|名字|老公|老婆|儿子|女儿|爸爸|妈妈|朋友)(?:的名字)?(?:就?叫做?|名叫)|我姓名是?)"
    rf" ?((?:{_FOREIGN}|{_NICKNAME}|{_IN_TALK}){_END})",
    re.S,
)
_SURNAME_TOLD = re.compile(rf"(?:我|本人|免|小)姓({SURNAME}){_END}", re.S)
_COMMON_GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛超霞平刚桂英华玉兰红建国文辉力明志永健世广义兴良海山仁波宁贵福龙元胜学祥才新武利"
    "清飞彬富顺信子昌康星光天达岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固"
    "轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘梅莉桦琳琪珊莎婷雪嘉瑞"
    "凡佳琼勤珍贞环爱妹凤洁琰叶璧璐娅琦晶妍茜秋珠锦黛青倩婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗韵融"
    "园艺咏卿聪澜纯悦昭冰爽琬茗羽希宇欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丽阳妮宝贝云娥萍梓涵轩雨桐"
    "萱诗昊然睿俊熙琪帆一依诺沐淑慧春花香月莺媛艳素真荣"
)
_I_AM = re.compile(
    rf"(?:我是|这是|这里是|(?:收|寄|发)给|寄到|转交给?|交给)"
    rf" ?({SURNAME}[{_COMMON_GIVEN}]{{1,2}})(?=[\s,.;!:，。！、)]|$|本人)"
)
_WARES = "产|表(?!示|达|扬)|包(?!裹)|鞋|款(?!项)|装|内衣|裤|专用|T恤|衬衫|香水|手[表套包]"  # for women, for men
_TITLED = re.compile(rf"(?<![谢生])(?!康师傅|李宁)({_IN_TALK}|{SURNAME})(?:{TITLES})(?!{_WARES})")
_FAMILIAR = re.compile(rf"(?<![\u3400-\u9fff])({SURNAME})(?:总|哥|姐|叔|姨)(?=[\s,!:.]|$|您|你|好)")
_WITH_PHONE = re.compile(
    rf"(?:^|(?<=[\s,.;:，。、；：(+]))({_WHOLE})(?=[\s,:;(]{{0,3}}(?:\(?\+?86\)?[ -]?)?1[3-9][0-9][ -]?[0-9]{{4}})"
)
_RECEIVES = re.compile(rf"(?:(?<=[\s,;:、(号室楼栋院])|^)({_WHOLE})(?=\(?收\)?(?:$|[\s,.;!)]))")
_EXPLAINED = re.compile(
    r"必填|不变|同上|本人|未知|匿名|如下|不详|以下|写错|错误|有误|信息|电话|地址|方式|修改|更改|改错|谢谢"
)


def find(text: str) -> Iterator[Span]:
    """Names of a folded text, without their titles: 张 of 张先生, 张伟 of "收货人：张伟".

    A name alone, such as that of a brand, stays: nothing tells it from other words.
    """
    for pattern in (_AFTER_FIELD, _INTRODUCED, _SURNAME_TOLD, _I_AM, _FAMILIAR, _WITH_PHONE, _RECEIVES):
        for match in pattern.finditer(text):
            if not _is_word(match[1]):
                yield Span(KIND, *match.span(1), Strength.SHAPED)
    for match in _AFTER_COLON.finditer(text):
        if not (_EXPLAINED.search(match[1]) or match[1] in NO_NAMES):
            yield Span(KIND, *match.span(1), Strength.SHAPED)
    for match in _TITLED.finditer(text):
        yield from _titled(match)


def _titled(match: re.Match[str]) -> Iterator[Span]:
    """The name before a title; 高级 in 高级女士 is none."""
    if not _is_word(match[1]) and not match[1].endswith(tuple("色级季款新熟端贵典性质型式码装")):
        yield Span(KIND, *match.span(1), Strength.SHAPED)


def _is_word(name: str) -> bool:
    """Whether the name is a word of everyday talk that begins with a surname."""
    return name[:2] in NO_NAMES and not name.startswith(tuple(COMPOUND))
