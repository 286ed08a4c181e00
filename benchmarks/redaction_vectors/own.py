"""Sentences written for this: {} is what must be found, and what must stay has none."""

from __future__ import annotations

from collections.abc import Iterator

NAMES = [
    "张伟",
    "王芳",
    "李雷",
    "韩梅梅",
    "欧阳娜娜",
    "陈小红",
    "刘德明",
    "赵子龙",
    "上官婉儿",
    "周杰",
    "吴有才",
    "孙可欣",
    "何炅",
    "高圆圆",
    "余华",
    "单田芳",
]
AFTER_A_FIELD = (
    "姓名：{}",
    "收货人：{}，电话在下面",
    "收件人 {}收",
    "联系人是{}",
    "收货人{}，地址不变",
    "寄件人:{} 电话:下次给你",
    "户名：{}，开户行招商银行",
    "持卡人姓名 {}",
    "客户姓名：{}",
    "收货人姓名改成{}吧",
    "我叫{}，昨天买的",
    "签收人：{}。",
)
BEFORE_A_TITLE = ("{}先生您好", "是{}女士吗", "请转告{}小姐", "麻烦{}师傅了", "{}老师的快递", "给{}阿姨买的")
ENGLISH_NAMES = ("John Smith", "Mary Jane Watson", "Li Lei", "Ana de Armas", "Sean O'Brien")
IN_ENGLISH = (
    "My name is {}.",
    "Name: {}\nI want a refund",
    "Recipient: {}, thanks",
    "Dear Mr. {}, your parcel is here",
    "ask for Mrs {} at the desk",
    "Ship to: {}",
    "customer name is {}",
)
ACCOUNTS = (
    ("我的微信号是{}", ("zhang_wei88", "wxid_ab12cd34ef", "lilei2024")),
    ("加我微信：{}", ("zhangwei", "Li-Lei_9")),
    ("QQ{}", ("12345678", "1234567890")),
    ("QQ号：{}，加我", ("123456", "98765432")),
    ("支付宝账号：{}", ("zhangwei88", "li_lei_pay")),
    ("旺旺：{}", ("tb12345_66",)),
    ("会员账号 {}", ("jd_5f3a2b1c",)),
    ("Username: {}", ("cminh948", "john_doe")),
    ("my wechat is {}", ("lilei_2024",)),
    ("登录密码是{}", ("abc12345", "P@ssw0rd")),
)
LINKS = (
    "https://shop.example/login?token=abcDEF123",
    "http://user:secret@shop.example/a",
    "https://shop.example/o?order_id=20240115001",
    "https://shop.example/r/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
    "www.shop.example/?uid=99887766",
    "https://shop.example/reset/9f86d081884c7d659a2feaa0c55ad015",
)
PASSPORTS = (
    ("护照号{}", ("E12345678", "EA1234567", "G12345678", "AB123456", "123456789")),
    ("通行证 {}", ("C12345678", "H1234567890")),
    ("passport number: {}", ("K1234567", "C01X00T47")),
    ("证件{}", ("E12345678", "G87654321")),
)
PLATES = ("京A12345", "沪AD12345", "粤B·12345", "浙a 8k123", "川A1234学", "苏E·F12345", "新A12345")
PARCELS = (
    ("快递单号{}", ("SF1234567890123", "75123456789012", "YT1234567890123", "SF 1234 5678 90123")),
    ("运单号：{}", ("JD0012345678901", "773012345678901")),
    ("tracking number {}", ("1Z999AA10123456784", "EA123456789CN")),
)
ORDERS = (
    ("订单号{}", ("20240115001", "JD-2024-0001-88", "12345678")),
    ("order #{}", ("A12345", "112-7654321-1234567")),
)
ADDRESSES = (
    (
        "寄到{}，谢谢",
        ("浙江省杭州市西湖区文三路478号华星时代广场A座1001", "北京市朝阳区建国路88号SOHO现代城3栋2单元501室"),
    ),
    ("地址是{}", ("义乌市福田街道下沈村107号", "上海市浦东新区锦绣路4453弄60号", "流星花园8-10-1109")),
    ("收货地址：{}。", ("广东省深圳市南山区科技园南路12号", "成都市武侯区人民南路四段27号", "金家小区3栋2单元501")),
    ("please send it to {}", ("22 Baker Street, London NW1 6XE", "412 Monterey Ave, Capitola, CA 95010")),
    ("my address is {}.", ("Flat 3, 22 Baker Street, London", "1600 Pennsylvania Avenue, Washington, DC 20500")),
    ("{} is where I live", ("123 main street apt 4", "P.O. Box 1234", "No. 5 Zhongshan Road, Shanghai 200000")),
)
ODD_PHONES = (
    "１３８００１３８０００",
    "138\u200b0013\u200b8000",
    "1\u200d3\u200d8\u200d0\u200d0\u200d1\u200d3\u200d8\u200d0\u200d0\u200d0",
    "".join(f"{digit}\ufe0f\u20e3" for digit in "13800138000"),
    "①③⑧⓪⓪①③⑧⓪⓪⓪",
    "❶❸❽⓿⓿❶❸❽⓿⓿⓿",
    "一三八零零一三八零零零",
    "一三八 零零一三 八零零零",
    "幺三八洞洞幺三八洞洞洞",
    "壹叁捌零零壹叁捌零零零",
    "一3八00一3八000",
    "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
    "one three eight zero zero one three eight zero zero zero",
    "one three eight, zero zero one three, eight triple zero",
    "1-3-8-0-0-1-3-8-0-0-0",
)
SPLIT = (
    ("phone", ("我的手机是138 0013", "8000")),
    ("phone", ("138", "好的，您继续", "0013", "8000，谢谢")),
    ("phone", ("电话 1380013", "后面是8000")),
    ("phone", ("一三八零零", "一三八零零零")),
    ("phone", ("my number is 415 555", "0147")),
    ("resident_id", ("身份证 110105 1949", "1231002X")),
    ("bank_card", ("卡号 6222 0212 3456", "7890 128")),
)
STAYS = (
    *("售价12999元，第二件 ¥1999", "尺码 38 39 40 41 42", "身高165体重50公斤穿什么码", "满300减40，12期免息"),
    *("商品编号 100012043978", "货号E12345678", "型号HD-1234567有货吗", "iPhone15 Pro Max 256G", "新Redmi9A5G 版本"),
    *("请拨打 95588、10086 或 400-820-8820", "今天是2024-01-15 12:30:45", "二零二四年一月十五日", "一二三四五六"),
    *("https://item.example.com/100012043978.html", "https://help.example.com/returns/how-to"),
    *(
        "王牌产品",
        "张贴画多少钱",
        "高先生产的吗",
        "李宁的鞋",
        "李宁运动鞋女士款",
        "苏宁易购",
        "万家乐热水器",
        "康师傅红烧牛肉面",
    ),
    *(
        "高级女士手表",
        "黄色女士包",
        "男士女士都能用吗",
        "全新女士外套",
        "方便面一箱",
        "华为手机",
        "金龙鱼油",
        "谢谢师傅",
    ),
    *(
        "我叫了外卖",
        "我是高中生",
        "我是会员",
        "收货人改一下",
        "姓名写错了",
        "联系人方式",
        "收件人是谁",
        "名字怎么改",
        "我叫什么不重要",
    ),
    *(
        "杭州有货吗",
        "浙江省杭州市包邮吗",
        "发上海要几天",
        "原路退回",
        "在路上了吗",
        "一路顺风",
        "知道了",
        "什么渠道买的",
    ),
    *(
        "2号到货",
        "3楼能送吗",
        "5号链接",
        "快递到站了",
        "小区门口",
        "退到中通快递站",
        "京东超市满99减20",
        "广东省内次日达",
    ),
    *("微信支付100元", "支付宝付款成功", "QQ音乐会员", "密码错误怎么办", "微信公众号在哪里", "验证码收不到"),
    *(
        "Apple Watch Series 9",
        "I am very happy",
        "Dear Customer,",
        "size M please",
        "it costs 1,299.00 dollars",
        "Name: unknown",
    ),
    *(
        "This is great",
        "24 hour delivery",
        "5 star way to shop",
        "I'm Chinese",
        "My order is late",
        "Dr. Martens boots in size 8",
    ),
)


def vectors() -> Iterator[tuple[str, str, str]]:
    """Kind, sentence, and the value in it that must be taken out."""
    for name in NAMES:
        for sentence in (*AFTER_A_FIELD, *BEFORE_A_TITLE):
            yield "name", sentence.format(name), name
    for name in ENGLISH_NAMES:
        for sentence in IN_ENGLISH:
            yield "name", sentence.format(name), name
    tables = {"account": ACCOUNTS, "passport": PASSPORTS, "parcel_number": PARCELS, "order_number": ORDERS}
    for kind, table in (tables | {"address": ADDRESSES}).items():
        for sentence, values in table:
            for value in values:
                yield kind, sentence.format(value), value
    for kind, values in {"link": LINKS, "plate": PLATES, "phone": ODD_PHONES}.items():
        for value in values:
            yield kind, f"看 {value} 谢谢", value
