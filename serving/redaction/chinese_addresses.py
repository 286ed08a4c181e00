"""Addresses in Chinese: a road or a village with its number, a building with its room, and what follows 地址."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .divisions import division_before
from .spans import Span, Strength

KIND = "address"

# 知道, 道歉 and 订单号 are in every second message, and in no address.
TRIGGER = re.compile(
    "[路街巷弄村镇乡区栋幢室楼址苑园厦]|(?<!知)道(?![具歉理德])|[0-9A-Za-z一二三四五六七八九十百零〇东南西北前后主] ?号"
)
_NOT_IN_NAMES = (
    "的了在是我你他她您吗呢吧啊呀哦嗯嘛么啦请帮把被给也还没这那哪什怎很想住往送寄买卖说问看吃使用再又只将跟让做打叫找谁啥退换"
    "货款件个些订址到着得但点楼栋幢号"
)
_LETTER = rf"[^\W\d_{_NOT_IN_NAMES}]|[号楼栋](?=[东南西北中]?(?:大街|大道|路|街))"
_CHAR = rf"(?:{_LETTER}|[0-9])"
_FIRST = rf"(?:{_LETTER}|[0-9]{{1,3}}(?=号?(?:大街|大道|路|街)))"
_GOES_ON = (
    "(?![东南西北中一二三四五六七八九十]{0,2}(?:路|街|大道|道|巷|弄|村|镇|乡|社区|区|小区|花园|广场"
    "|大厦|公寓|市场|中心))"
)
_AREA_END = (
    "特别行政区|自治[区州县旗]|街道办事处|街道|(?:经济|高新)?(?:技术)?(?:产业)?开发区|高新区|新区|工业园区?|工业区|产业园|科技园|园区|地区|社区|村委会"
    rf"|(?:省(?!钱|心|事|力|得|下|油|电)|市(?!场|面|民|价)|[县旗](?!舰)|镇(?!静|定)|乡|苏木|村|屯|农场|林场|州(?=[^\W\d_a-zA-Z]{{2}})"
    rf"|区(?!别|分|间)){_GOES_ON}"
)
_ROAD_END = (
    "大道|大街|公路|国道|省道|县道|环线|胡同|里弄|路(?!桥区|由|线|过|上|况|人|费|程|途|边)|街(?!道|路|大厦|广场)|巷(?!路)"
    "|弄(?!错|坏|丢|好|混|脏|清|明|路)|(?<!知)道(?!具|歉|理|德|路)"
)
_PLACE_END = (
    "(?:小区|花园|花苑|公寓|大厦|广场|新村|家园|名苑|嘉园|华庭|雅苑|佳苑|新城|公馆|豪庭|山庄|庭院|别墅|宿舍|大楼|大院|家属院|商城|市场|商厦|写字楼"
    "|写字间|中心|学校|大学|学院|中学|小学|幼儿园|医院|酒店|宾馆|饭店|公司|工厂|银行|超市|物流园|研究院|国际|百货|服饰)(?!东?西?南?北?(?:路|街|大道|巷|村|社区))"
    rf"|(?:厂|苑|园|城|庭|湾|轩|阁|座|[组队](?!合|员|长|装|成|织|团|伍)){_GOES_ON}"
)
_DOOR_END = (
    "号楼|号院|号门|号库|号铺|号(?!路|大街|街|大道|线|码)(?:-[0-9]{1,4})?|弄|栋楼?|幢楼?|座|楼(?!梯|盘|房)|层|单元|室|房(?!型|间|子|东|产)|户|门(?!口|店)|巷|排|库|组|队|区|期"
    "|F(?![A-Za-z])|#"
)
_NUMBER = (
    r"(?:负?[A-Za-z]?-?[0-9]{1,5}(?:[-#~、/]{0,2}[0-9A-Za-z]{1,5}){0,4}"
    r"|[负地]?[一二三四五六七八九十百零〇]{1,5}|[A-Za-z]|[东南西北前后主])"
)
_PIECE = re.compile(
    rf"(?P<door>(?<![0-9A-Za-z.]){_NUMBER} ?(?:{_DOOR_END}))"
    rf"|{_FIRST}{_CHAR}{{0,10}}?(?:(?P<area>{_AREA_END})|(?P<road>(?:{_ROAD_END})(?:[东南西北中一二三四五六七八九十]段)?)|(?P<place>{_PLACE_END}))"
    r"|(?P<rooms>(?<![0-9A-Za-z.-])(?:[0-9A-Za-z]{1,5}(?:-{1,4}[0-9A-Za-z]{1,5}){1,3}|[A-Za-z]{1,2}[0-9]{1,5}[A-Za-z]?|[0-9]{1,5}[A-Za-z][0-9]{0,4})(?![0-9A-Za-z.-]))"
    r"|(?P<digits>(?<![0-9A-Za-z.-])[0-9]{2,5}(?![0-9A-Za-z.-]))"
)
_BETWEEN = re.compile(
    r"[\s_,、·/()#.-]{0,3}(?:null|与|和|近|靠近|交叉口|交汇处|交界处?|路口|口|对面|附近|旁边?|隔壁|内|院内|里面?|后面|前面|楼上|楼下|[东南西北中]侧?|[东西南北中]段|第)?"
    r"[\s_,、·/()-]{0,2}"
)
_FILLER = re.compile(rf"[\s_,、·/()#.-]{{0,2}}(?:{_CHAR}|楼){{1,10}}")
_BUILDING = re.compile(r"(?:栋楼?|幢楼?|单元|室|号楼|座)$")
_HOME = re.compile(
    "(?:小区|花园|花苑|公寓|大厦|广场|新村|家园|名苑|嘉园|华庭|雅苑|佳苑|新城|公馆|豪庭|山庄|庭院|别墅|宿舍|大楼|大院|家属院|商厦|写字楼|苑|园|城|庭|湾|轩|阁)$"
)
_DEEP = re.compile(
    "(?:街道办事处|街道|镇|乡|村|村委会|社区|苏木|屯|农场|林场|开发区|园区|工业区|工业园|产业园|科技园)$"
)
_HAMLET = re.compile("(?:(?<!农|乡)村|屯|村委会|社区)$")
_NO_ROAD = re.compile(
    ".{0,6}原路|(?:高速)?(?:[这那条走个每段本一]?[马铁线网思半电套出后退走问迷绕顺同一回上赶让认带气油水公门逛频渠通管味报轨跑赛车过有]|人行|步行|物流)(?:路|街|道)|.{0,3}(?:高速公路|频道|渠道|通道|管道|味道|报道|轨道)"
)
_NO_PLACE = re.compile(
    "(?:服务|客服|个人|会员|帮助|售后|消息|维修|数据|活动|商家|仓储|分拣|配送|物流|结算|管理|中|快递|贵|保险|京东|天猫|淘宝|商)(?:中心|公司|超市|市场|商城|城)$|自营"
)
_LABEL = re.compile(
    r"(?:(?:收货|收件|寄件|发货|送货|配送|邮寄|详细|家庭|公司|新|旧|原|正确|具体|退货|取件|通讯|联系|默认)?(?:地址|住址)(?:改?[为成]|变成|换成|填|写|[:=\s是])+|家?住在?)[\s:]{0,2}$"
)
_LOOK_BACK = 14
_CLAUSE_END = re.compile(r"[,;!?。，；！？\n]|\s(?=[^0-9A-Za-z#])|(?:电话|手机|联系|收货?件?人|姓名|邮编|[0-9]{7})")
_LONGEST_TAIL = 30
_MOST = 24  # pieces of one address


@dataclass(frozen=True)
class _Piece:
    kind: str  # area | road | place | door | rooms | digits | filler
    start: int
    end: int
    text: str


def find(text: str) -> Iterator[Span]:
    """Addresses of a folded text, from the province or whatever comes first to the room.

    A region down to the district stays, since what is sold and sent there does not tell who lives there; so does a road
    that nothing places.
    """
    for chain in _chains(text):
        start, end = _beginning(text, chain), chain[-1].end
        if _LABEL.search(text[max(0, start - _LOOK_BACK) : start]) and _is_told(chain):
            end = max(end, _clause_end(text, end)) if _places(chain) or len(chain) > 1 else end
            yield Span(KIND, start, end, Strength.SHAPED)
        elif _places(chain):
            yield Span(KIND, start, end, Strength.SHAPED)


def _chains(text: str) -> Iterator[list[_Piece]]:
    """The pieces of an address that stand side by side, or with one unknown name between them."""
    chain: list[_Piece] = []
    for match in _PIECE.finditer(text):
        piece = _Piece(match.lastgroup or "", *match.span(), match[0])
        if chain and not _BETWEEN.fullmatch(text, chain[-1].end, piece.start):
            if _may_be_filled(text, chain, piece):
                chain.append(_Piece("filler", chain[-1].end, piece.start, ""))
            else:
                yield chain
                chain = []
        if len(chain) >= _MOST:
            yield chain
            chain = []
        chain.append(piece)
    if chain:
        yield chain


def _may_be_filled(text: str, chain: list[_Piece], piece: _Piece) -> bool:
    """Whether what stands between may be a name: 林家 in 昌兴村林家1005号."""
    is_behind_name = chain[-1].kind in {"area", "road"} or any(other.kind == "road" for other in chain)
    return is_behind_name and piece.kind != "digits" and _FILLER.fullmatch(text, chain[-1].end, piece.start) is not None


def _is_told(chain: list[_Piece]) -> bool:
    """Whether after a word such as 地址 the chain is more than a city."""
    return _places(chain) or any(
        piece.kind == "road"
        or (piece.kind == "area" and _DEEP.search(piece.text))
        or (piece.kind == "place" and _HOME.search(piece.text))
        for piece in chain
    )


def _places(chain: list[_Piece]) -> bool:
    """Whether the chain says where a door is, or a village, or the part of a known road."""
    named = [(index, piece) for index, piece in enumerate(chain) if piece.kind in {"area", "road", "place"}]
    return any(_is_placed(chain, index, piece) for index, piece in named) or _is_inside_building(chain)


def _is_placed(chain: list[_Piece], index: int, piece: _Piece) -> bool:
    before, after = chain[:index], chain[index + 1 :]
    areas = [other for other in before if other.kind == "area"]
    if piece.kind == "road":
        return not _NO_ROAD.fullmatch(piece.text) and (bool(areas) or _has_number(after, piece))
    if piece.kind == "place":
        return not _NO_PLACE.search(piece.text) and (bool(areas) or bool(_HOME.search(piece.text))) and _has_door(after)
    if _HAMLET.search(piece.text) and areas:
        return True
    return bool(_DEEP.search(piece.text) or areas) and _has_door(after)


def _has_number(after: list[_Piece], road: _Piece) -> bool:
    """Whether a house number follows: after 道 alone, which is also a way of doing, one with 号."""
    if not after:
        return False
    if road.text.endswith("道") and not road.text.endswith("大道"):
        return after[0].kind == "door" and "号" in after[0].text
    return after[0].kind in {"door", "digits"} or any(piece.kind == "rooms" for piece in after) or _has_door(after)


def _has_door(after: list[_Piece]) -> bool:
    return any(
        (piece.kind == "rooms" and "-" in piece.text)
        or (piece.kind == "door" and bool(_BUILDING.search(piece.text) or "号" in piece.text))
        for piece in after
    )


def _is_inside_building(chain: list[_Piece]) -> bool:
    """Whether two parts of a building stand together, such as 3栋2单元."""
    doors = [piece for piece in chain if piece.kind in {"door", "digits", "rooms"}]
    return len(doors) >= 2 and any(_BUILDING.search(piece.text) for piece in doors[:-1])


def _beginning(text: str, chain: list[_Piece]) -> int:
    """Where the address begins: at a known division where the first piece ends in one."""
    first = chain[0]
    if first.kind != "area":
        return first.start
    start = division_before(text, first.start, first.end)
    if start == first.end:
        return first.start
    while (earlier := division_before(text, first.start, start)) < start:
        start = earlier
    return start


def _clause_end(text: str, end: int) -> int:
    tail = text[end : end + _LONGEST_TAIL]
    stop = _CLAUSE_END.search(tail)
    return end + (stop.start() if stop else len(tail))
