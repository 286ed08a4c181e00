"""What each kind of personal data looks like in a customer's words, and what only looks like it."""

import re

import pytest

from benchmarks.redaction_vectors import own
from serving.redaction import Redactor, redact

LONG = 50_000  # characters; what grows with the square of it would take many minutes


def pieces(text):
    return [(found.kind, found.value) for found in redact(text).found]


@pytest.mark.parametrize(("kind", "text", "value"), list(own.vectors()))
def test_it_takes_the_value_out_as_its_kind(kind, text, value):
    assert any(one == kind and value in found for one, found in pieces(text)), pieces(text)
    assert value not in redact(text).text


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("account", "My WeChat is zhangsan88.", "zhangsan88"),
        ("account", "我的微信是zhangsan88.谢谢", "zhangsan88"),
        ("account", "QQ: 12345678.", "12345678"),
        ("email", "我的邮箱zhangsan@qq。com", "zhangsan@qq。com"),
        ("email", "zhangsan@qq.com。Thanks", "zhangsan@qq.com"),
        ("phone", "WhatsApp 9512 3456", "9512 3456"),
        ("phone", "我的手机 1380 0138 000", "1380 0138 000"),
        ("phone", "我的手机 1380 013 8000", "1380 013 8000"),
        ("phone", "我的手机 138 001 38000", "138 001 38000"),
    ],
)
def test_it_ends_and_is_grouped_as_people_write_it(kind, text, value):
    assert pieces(text) == [(kind, value)]


@pytest.mark.parametrize("text", ["请打95588。", "请打 95511.", "客服热线 95013888"])
def test_a_number_of_the_public_stays(text):
    assert pieces(text) == []


@pytest.mark.parametrize("text", own.STAYS)
def test_it_leaves_what_only_looks_personal(text):
    assert redact(text).text == text


@pytest.mark.parametrize("written", own.ODD_PHONES)
@pytest.mark.parametrize("around", ["{}", "电话{}，谢谢", "加我 {} 😀"])
def test_a_phone_is_found_however_its_digits_are_written(written, around):
    assert pieces(around.format(written)) == [("phone", written)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张伟先生您好", "[NAME_1]先生您好"),
        ("请张先生接电话", "请[NAME_1]先生接电话"),
        ("欧阳女士的包裹", "[NAME_1]女士的包裹"),
        ("王女士手机号多少", "[NAME_1]女士手机号多少"),
        ("王总您好", "[NAME_1]总您好"),
        ("我姓李", "我姓[NAME_1]"),
        ("收货人：李宁", "收货人：[NAME_1]"),
        ("收货人：玛丽·史密斯", "收货人：[NAME_1]"),
        ("姓名：Zhang Wei", "姓名：[NAME_1]"),
        ("张伟 13800138000", "[NAME_1] [PHONE_1]"),
        ("麻烦发给张伟", "麻烦发给[NAME_1]"),
        ("Hi, this is Jane Doe, my order is late", "Hi, this is [NAME_1], my order is late"),
        ("Best regards,\nJane", "Best regards,\n[NAME_1]"),
    ],
)
def test_a_name_goes_and_its_title_stays(text, expected):
    assert redact(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("寄到浙江省杭州市西湖区文三路478号A座1001，谢谢", "寄到[ADDRESS_1]，谢谢"),
        ("我家住杭州市余杭区文一西路969号", "我家住[ADDRESS_1]"),
        ("地址：朝阳区建国路88号SOHO现代城3栋2单元501 电话 13800138000", "地址：[ADDRESS_1] 电话 [PHONE_1]"),
        ("文三路478号", "[ADDRESS_1]"),
        ("上蔡村4区463号", "[ADDRESS_1]"),
        ("3栋2单元501室", "[ADDRESS_1]"),
        ("It goes to 9756 Primrose Street Newark, NJ 07103 please", "It goes to [ADDRESS_1] please"),
        ("Room 301, Building 5, 88 Nanjing Road, Shanghai", "[ADDRESS_1]"),
        ("PO Box 1234, Springfield", "[ADDRESS_1]"),
    ],
)
def test_an_address_is_taken_whole(text, expected):
    assert redact(text).text == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("微信13800138000", ["phone"]),
        ("支付宝 li@example.com", ["email"]),
        ("订单号JD-2024-0001-88", ["order_number"]),
        ("https://a.example/?phone=13800138000&token=x1", ["link"]),
        ("护照E12345678，车牌京A12345", ["passport", "plate"]),
        ("收件人张伟，13800138000，杭州市西湖区文三路478号", ["name", "phone", "address"]),
        ("姓名：张伟 身份证11010519491231002X", ["name", "resident_id"]),
    ],
)
def test_each_thing_is_of_one_kind(text, kinds):
    assert [kind for kind, _ in pieces(text)] == kinds


@pytest.mark.parametrize("text", ["bit.ly/3abcd", "https://shop.example/a.html?page=2", "http://a.b"])
def test_a_link_that_lets_nobody_in_stays(text):
    assert redact(text).text == text


def test_an_answer_to_a_question_for_the_name_is_a_name():
    texts = [
        "请问您贵姓？",
        "张伟",
        "好，收货人姓名是？",
        "李小红。",
        "may I have your name please?",
        "Crystal Minh",
    ]
    redactor = Redactor()
    redacted = [redaction.text for redaction in redactor.redact_all(texts)]
    assert redacted[1::2] == ["[NAME_1]", "[NAME_2]。", "[NAME_3]"]
    assert [redactor.restore(text) for text in redacted] == texts


@pytest.mark.parametrize("answer", ["好的", "不用了", "红色的", "多少钱", "Yes please", "I do not know"])
def test_another_answer_to_it_stays(answer):
    assert Redactor().redact_all(["请问怎么称呼？", answer])[1].text == answer


# --- a number in parts


@pytest.mark.parametrize(("kind", "texts"), own.SPLIT)
def test_a_number_in_parts_is_found_and_each_part_comes_back(kind, texts):
    redactor = Redactor()
    redacted = redactor.redact_all(texts)
    found = [one for redaction in redacted for one in redaction.found]
    assert {one.kind for one in found} == {kind}
    assert len({one.placeholder for one in found}) == len(found) >= 2
    assert not any(re.search("[0-9]{3}", redaction.text) for redaction in redacted)
    assert tuple(redactor.restore(redaction.text) for redaction in redacted) == texts
    for text, redaction in zip(texts, redacted, strict=True):
        assert redaction.restore(redaction.text) == text


@pytest.mark.parametrize(
    "texts",
    [
        ("尺码38", "39"),
        ("身高165", "体重50"),
        ("价格138 0013", "8000元"),
        ("我要138", "好的，您的订单 20 号到", "00138000"),
        ("有138的吗", "13 8000 件"),
        ("买 2 件", "13800"),
    ],
)
def test_numbers_that_make_nothing_together_stay(texts):
    assert [redaction.text for redaction in Redactor().redact_all(texts)] == list(texts)


def test_a_number_that_is_whole_takes_nothing_of_the_next_text():
    first, second = Redactor().redact_all(["电话13800138000", "8000"])
    assert (first.text, second.text) == ("电话[PHONE_1]", "8000")


def test_a_long_conversation_of_parts_is_done():
    assert len(Redactor().redact_all(["138 "] * 20_000)) == 20_000


# --- time

UNITS = (
    *("一", "路", "1号", "①", "①-", "one", "one-", "one ", "张", "张先", "张先生", "我叫", "收货人", "微信", "微信号"),
    *("密码a", "省市", "1-", "A-", "号", "京A", "杭州", "路1", "张·", "名字", "栋", "地址:", "送到", "\u200b"),
    *("1\ufe0f\u20e3", "Mr ", "Dear A ", "1 A ", "Room 1, ", "1 Street, Aa, ", "Flat A ", "No. 1 ", "wxid_", "E1"),
    *("http://", "http://a", "//@", "a/", "https://a?", "https://a/a1", "=", "address: ", "my name is a "),
)


@pytest.mark.parametrize("unit", UNITS)
def test_long_hostile_text_is_done(unit):
    text = (unit * LONG)[:LONG]
    redaction = redact(text)
    assert redaction.restore(redaction.text) == text
