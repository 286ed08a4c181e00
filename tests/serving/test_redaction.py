import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from serving.redaction import Found, Redactor, redact

LONG = 50_000  # characters; what grows with the square of it would take many minutes
REAL_DATA = os.environ.get("ECC_REAL_DATA")
needs_real_data = pytest.mark.skipif(not REAL_DATA, reason="ECC_REAL_DATA is not set: no real texts to measure on")

PHONES = [
    "13800138000",
    "18001234567",  # begins like the toll-free 1-800
    "138 0013 8000",
    "138-0013-8000",
    "138.0013.8000",
    "1 3 8 0 0 1 3 8 0 0 0",
    "138\u200b0013\u200b8000",
    "１３８００１３８０００",
    "+86 138-0013-8000",
    "+86 (138) 0013 8000",
    "＋８６１３８００１３８０００",
    "(+86)13800138000",
    "0086-13800138000",
    "8613800138000",
    "010-12345678",
    "（０１０）１２３４５６７８",
    "01062771234",
    "0571-8765 4321",
    "0755-86013388转801",
    "86-10-62771234",
    "(415) 555-0147",
    "415-555-0147",
    "415.555.0147",
    "1-415-555-0147",
    "+1 415 555 0147",
    "+44 20 7946 0958",
    "0044 20 7946 0958",
    "020 7946 0958",
    "+49 30/901820",
    "030/901820",
    "+44 20/7946-0958",
    "+43 1/5128900",
    "+49171/1234567",
    "004930/901820",
    "0171/2001215",
]
NOT_PHONES = [
    "售价12999元，第二件 ¥13800138000",
    "总价 13800138000.50",
    "尺码 38 39 40 41 42 43 44，身高 165-170",
    "今天是2024-01-15 12:30:45，明天是 20240116",
    "邮编 100080",
    "手机20481024多少钱",
    "商品编号 13800138000",
    "https://item.example.com/13800138000.html",
    "版本 10.2.3.4567",
    "我买了 1000 件，每件 12.5kg，共 12500000 克",
    "圆周率 3.14159265358979",
    "1,234,567,890",
    "400-820-8820 或者 4008208820 或者 +86 400 820 8820",
    "请拨打 95588、10086 或电话 95511",
    "Call us toll-free at 1-800-555-0199",
    "生产日期 2024/01/15，保质期到 05/12/2026",
    "尺码 01/02/03/04/05，第 012/345 页",
    "规格 0.5/1.5/2.0 米",
    "满减 +100/2000/3000/4000",
    "512G +1299/1499，升级加 +1000/1500 元，换购 +1999/2999，功率 +2000/3000W",
    "编号 001234/5678，型号 06/12345678，01/20241128",
    "订单号 0123/456789，批号：0456/20240115，运单号 0241/20241128，Order no. 030/901820，邮编 0755/518000",
    "0571/2024-11-28 到货，0203/20240115",
    "升级加 +2999/10999 元，+4999/12999，0299/12345678 元",
    "Hotline 0800/3302000 or +49 800/3302000",
]
RESIDENT_IDS = [
    "11010519491231002X",
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105 19491231 002X",
    "1101-0519-4912-3100-2X",
    "130503670401001",
    "130503 670401 001",
]
BANK_CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "４１１１ １１１１ １１１１ １１１１",
    "6222021234567890128",
    "6222 0212 3456 7890 128",
    "622202 1234567890128",
    "5105105105105100",
    "378282246310005",
    "3782 822463 10005",
]
EMAILS = [
    "li.lei@example.com",
    "li_lei+shop@mail.example.com.cn",
    "13800138000@163.com",
    "ＬＩ＠ＥＸＡＭＰＬＥ．ＣＯＭ",
    "han@xn--fiqs8s.cn",
    "jürgen.müller@example.de",
    "info@müller-söhne.de",
    "nguyễn.văn@example.com",
    "иван.петров@пример.рф",
]
ORDERS = [
    ("订单号：", "12345678"),
    ("订单编号 ", "JD2024-0001-88"),
    ("订单号是", "202401151234567890"),
    ("我的订单", "123456789"),
    ("order number: ", "ABC-12345"),
    ("Order no. ", "112-1234567-1234567"),
    ("order #", "A12345"),
    ("my order id is ", "4870952797"),
    ("", "2024011512345678"),
]


def kinds(text):
    return [found.kind for found in redact(text).found]


def pieces(text):
    return [(found.kind, found.value) for found in redact(text).found]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", value) for value in PHONES]
    + [("resident_id", value) for value in RESIDENT_IDS]
    + [("bank_card", value) for value in BANK_CARDS]
    + [("email", value) for value in EMAILS],
)
@pytest.mark.parametrize("around", ["{}", "这是{}谢谢", "my number, {}, please", "一（{}）。"])
def test_it_finds_exactly_the_value_whatever_stands_around(kind, value, around):
    assert pieces(around.format(value)) == [(kind, value)]


@pytest.mark.parametrize("before", ["about my order: ", "the invoice, ", "the recorder, ", "I paid 50 € ", "In total "])
def test_an_order_or_an_amount_before_it_hides_no_telephone_number(before):
    assert redact(f"{before}0171/1234567").text == f"{before}[PHONE_1]"
    assert redact(f"{before}+49 171/1234567").text == f"{before}[PHONE_1]"


@pytest.mark.parametrize("text", NOT_PHONES)
def test_it_leaves_other_numbers_alone(text):
    assert redact(text).text == text


@pytest.mark.parametrize("prefix", range(130, 200))
def test_it_finds_mobiles_of_every_prefix(prefix):
    assert kinds(f"请打{prefix}20240115") == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "1.13800138000 2.13900139000",
        "13800138000,13900139000",
        "13800138000/13900139000",
        "13800138000 13900139000",
        "138 0013 8000 139 0013 9000",
        "13800138000.13900139000",
        "+49 1234567/+49 30/901820",
        "+33 1 42 68 53 00/0033 6 12 34 56 78",
        "+65 9123 4567/0065 9876 5432",
        "+49 30 901820/0049 30 901821",
    ],
)
def test_it_finds_each_phone_of_a_list(text):
    assert kinds(text) == ["phone", "phone"]


@pytest.mark.parametrize("after", ["元旦前打给我", "圆通送的", "万一没接", "块递员", "call me", "-2"])
def test_what_follows_a_phone_does_not_make_it_a_price(after):
    assert kinds("13800138000" + after) == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "电话62771234",
        "座机：6277-1234",
        "call me at 4155550147",
        "my phone number is 415 5550147",
        "手机号 138 001 38 000",
    ],
)
def test_a_word_in_front_makes_a_short_or_oddly_parted_number_a_phone(text):
    assert kinds(text) == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check digit
        "110105194913310025",  # month 13
        "130503671301001",  # month 13, old form
    ],
)
def test_a_number_that_fails_its_check_is_no_resident_id(text):
    assert kinds(text) == ["order_number"]


@pytest.mark.parametrize("text", ["身份证110105194912310021", "证件号码是 1101 0519 4912 3100 21"])
def test_a_word_in_front_makes_a_mistyped_number_a_resident_id(text):
    assert kinds(text) == ["resident_id"]


@pytest.mark.parametrize(
    "text", ["4222222222222223", "2345678901234567", "编号B4222222222222222", "银行卡 6222 0200 0000 0000 001"]
)
def test_a_number_that_is_no_card_is_redacted_as_a_long_number_all_the_same(text):
    assert kinds(text) == ["order_number"]


def test_a_word_in_front_makes_any_prefix_a_card():
    assert kinds("debit card no. 9558801234567890128") == ["bank_card"]


@pytest.mark.parametrize(
    "text", ["@shop.cn", "li@", "li@.cn", "li@shop..cn", "icon@2x.png", "@李雷 在吗", "a@b", "цена 5@кг.за 100"]
)
def test_it_leaves_what_is_no_email(text):
    assert redact(text).text == text


@pytest.mark.parametrize("after", ["ру", "éé", "привет" * 5, "。谢谢"])
def test_letters_of_another_script_may_touch_an_email(after):
    assert redact("li@example.com" + after).text == "[EMAIL_1]" + after


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("订单号 ", "2026 1128 0001 2345"),
        ("订单号", "2026-1128-0001-2345"),
        ("订单号：", "２０２６ １１２８ ０００１ ２３４５"),
        ("订单号", "20241128 001234"),
        ("订单号", "2024 1128 0012 3456 78"),
        ("order ", "112-7654321-1234567"),
        ("Order #", "1234-5678-9012"),
    ],
)
def test_an_order_number_in_groups_is_taken_whole(before, value):
    assert redact(f"您好，{before}{value}，到哪了").text == f"您好，{before}[ORDER_NUMBER_1]，到哪了"


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("快递单号 ", "SF 1234 5678 90123"),
        ("运单号是", "YT-1234-5678-90123"),
        ("my tracking number is ", "1234 5678 9012"),
        ("包裹 ", "SF 1234 5678 90123"),
        ("快递单号", "SF12-3456-7890-123"),
        ("顺丰 ", "SF1234 567890123"),
        ("顺丰 ", "SF1234567890123"),
        ("物流单号：", "75123456789012"),
        ("EMS ", "EA123456789CN"),
        ("Tracking #", "1Z999AA10123456784"),
    ],
)
def test_a_parcel_number_is_taken_whole(before, value):
    assert redact(f"您好，{before}{value}，到哪了").text == f"您好，{before}[PARCEL_NUMBER_1]，到哪了"


@pytest.mark.parametrize(
    "text",
    ["订单号2026-11-28 下的", "快递单号 2026-11-28", "SF 2026-11-28 发的吗", "JD 618 活动 500 元", "订单号 12 34"],
)
def test_dates_and_short_numbers_beside_such_words_stay(text):
    assert redact(text).text == text


@pytest.mark.parametrize(("before", "value"), ORDERS)
def test_it_finds_order_numbers(before, value):
    assert pieces(f"{before}{value}，谢谢") == [("order_number", value)]


def test_it_finds_every_order_number_of_a_list():
    assert kinds("订单号12345678，87654321和A1234567，12999元") == ["order_number"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "订单金额12345678901元",
        "订单20240115下的",
        "订单号是多少",
        "商品ID:30123456789",
        "https://item.example.com/100012043978.html",
        "price 12345678901 USD",
        "order noted 12345678 times",
        "价格 3999 4999 5999 6999",
    ],
)
def test_it_leaves_what_is_no_order_number(text):
    assert redact(text).text == text


def test_a_checked_kind_wins_where_two_kinds_overlap():
    assert kinds("订单号 11010519491231002X") == ["resident_id"]
    assert kinds("订单号 4111111111111111") == ["bank_card"]
    assert kinds("订单号 13800138000") == ["phone"]
    assert kinds("11010519491231002X@example.com") == ["email"]


@pytest.mark.parametrize(
    "text", ["订单号:[订单x] [数字x]天", "[ORDERID_20240007]", "订单号:[ORDERID_20240007]", "#E-s99"]
)
def test_it_leaves_masks_that_are_there_already(text):
    assert redact(text).text == text


def test_placeholders_are_numbered_by_kind_in_reading_order():
    text = "13800138000，li@example.com，13900139000，再说一遍13800138000"
    assert redact(text).text == "[PHONE_1]，[EMAIL_1]，[PHONE_2]，再说一遍[PHONE_1]"


def test_found_tells_where_it_was_in_the_original():
    text = "电话１３８００１３８０００谢谢"
    assert redact(text).found == (Found("phone", 2, 13, "１３８００１３８０００", "[PHONE_1]"),)


def test_nothing_to_find_gives_the_text_back():
    assert redact("").text == ""
    assert redact("这件有红色吗").found == ()


def test_redacting_twice_changes_nothing_more():
    once = redact("我是13800138000，卡4111111111111111").text
    assert redact(once).text == once


@pytest.mark.parametrize(
    "written", ["[PHONE_1]", "[phone_1]", "[ Phone_1 ]", "[PHONE 1]", "[PHONE _ 1]", "【PHONE_1】", r"[PHONE\_1]"]
)
def test_restore_knows_a_placeholder_whose_spelling_changed(written):
    assert redact("13800138000").restore(f"打给{written}。") == "打给13800138000。"


def test_restore_leaves_what_it_does_not_know():
    assert redact("13800138000").restore("[PHONE_2] [CARD_1] PHONE_1 [数字x]") == "[PHONE_2] [CARD_1] PHONE_1 [数字x]"


def test_a_placeholder_in_the_original_is_not_taken_for_ours():
    redaction = redact("[phone 1] 13800138000 【PHONE_2】 13900139000")
    assert redaction.text == "[phone 1] [PHONE_3] 【PHONE_2】 [PHONE_4]"
    assert redaction.restore("[PHONE_1] [PHONE_3]") == "[PHONE_1] 13800138000"


def test_a_restored_value_is_not_restored_again():
    redactor = Redactor()
    redactor.redact("13800138000")
    redactor.redact("[PHONE_1]")
    assert redactor.restore("[LITERAL_1]") == "[PHONE_1]"


def test_a_conversation_has_one_numbering_and_one_restore():
    redactor = Redactor()
    first, second = redactor.redact_all(["我是13800138000", "13800138000和13900139000"])
    assert (first.text, second.text) == ("我是[PHONE_1]", "[PHONE_1]和[PHONE_2]")
    assert redactor.restore("[PHONE_2]，[PHONE_1]") == "13900139000，13800138000"


def test_a_literal_placeholder_in_a_later_text_is_kept_apart():
    redactor = Redactor()
    texts = ["13800138000", "我收到的是[PHONE_1]？", "[PHONE_3]，13900139000，13700137000"]
    redacted = [redaction.text for redaction in redactor.redact_all(texts)]
    assert redacted == ["[PHONE_1]", "我收到的是[LITERAL_1]？", "[PHONE_3]，[PHONE_2]，[PHONE_4]"]
    assert [redactor.restore(text) for text in redacted] == texts


FRAGMENTS = [*"0123456789０９²٣ -.,@+()[]【】_xX\\\n", "[PHONE_1]", "[phone 2]", "[LITERAL_1]", "[", "PHONE_", "a@b.co"]
FRAGMENTS += [*"订单号手机身份证元￥", "order no ", *PHONES, *RESIDENT_IDS, *BANK_CARDS, *EMAILS]


@pytest.mark.parametrize("seed", range(20))
def test_restore_gives_back_any_random_text(seed):
    chance = random.Random(seed)
    redactor = Redactor()
    for _ in range(100):
        text = "".join(chance.choices(FRAGMENTS, k=chance.randint(0, 30)))
        alone, inside = redact(text), redactor.redact(text)
        assert alone.restore(alone.text) == text
        assert redactor.restore(inside.text) == inside.restore(inside.text) == text
        assert all(text[one.start : one.end] == one.value for one in alone.found)


@pytest.mark.parametrize(
    "unit",
    ["7", "1 ", "０", "-", " ", "@", "a@", "a.", "(", "+1", "[PHONE_1]", "[a ", "订单号1", "电话", "13800138000,"],
)
def test_long_hostile_text_is_done(unit):
    text = (unit * LONG)[:LONG]
    redaction = redact(text)
    assert redaction.restore(redaction.text) == text


def test_it_runs_without_django():
    code = "import sys, serving.redaction as r; r.redact('+1 415 555 0147'); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


def lines(name):
    with (Path(REAL_DATA) / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@needs_real_data
def test_the_number_of_entities_in_published_vectors_is_reached():
    """146 of 152 agree. Of the rest, three strings are listed with two different counts, two
    with one entity where several stand; one birthday is in month 13."""
    ours = {"phone_intl": "phone", "id_card": "resident_id", "credit_card": "bank_card"}
    agreed = Counter()
    for line in lines("pii/vectors.jsonl"):
        kind = ours.get(line["entity"], line["entity"])
        agreed[line["entity"]] += kinds(line["text"]).count(kind) == line["expected_count"]
    layer = Counter(phone=18, phone_intl=21, id_card=36, bank_card=28, credit_card=19, email=24, passport=11)
    assert agreed >= layer


@needs_real_data
def test_masked_chats_are_left_alone_but_for_one_text_in_five_hundred():
    """Most of what is found are addresses that the mask overlooked."""
    texts = {turn["text"] for line in lines("jddc_2019/dialogues.jsonl") for turn in line["turns"]}
    texts |= {turn["text"] for line in lines("uss_jddc/valid.jsonl") for turn in line["turns"]}
    assert sum(bool(redact(text).found) for text in texts) <= len(texts) / 500
