"""Formats of text files: ECD, JDDC and the logs that chat programs export."""

from datetime import UTC, datetime

import pytest

from dialogues.importing.records import Skipped
from tests.dialogues.files import dialogues, format_of, gzipped, refused, results, talks, upload_of, written, zip_of

PACKED = {"": lambda content: content.encode(), ".gz": gzipped, ".zip": lambda content: zip_of(a__txt=content)}

ECD = "1\t你好 在 吗\t在 的 亲\tiPhone 15 Pro 有货 吗\t有 的\n0\t你好\t随便 说\n1\t几天 到\t三天\n"
JDDC = (
    "s1\tu1\t0\t0\t0\t在吗\ns1\tu1\t1\t0\t0\t在的\t亲\ns1\tu1\t0\t0\t1\t在吗\n"
    "s2\tu2\t0\t0\t0\t发货了吗\ns2\tu2\t1\t0\t0\t发了\n"
)
HEADER = "session_id\tuser_id\twaiter_send\tis_transfer\tis_repeat\tcontent\n"


@pytest.mark.parametrize("packed", PACKED)
def test_ecd_words_are_joined_and_negatives_are_no_dialogues(tmp_path, packed):
    path = written(tmp_path, f"x.txt{packed}", PACKED[packed](ECD))
    assert format_of(path) == "ecd"
    assert talks(path) == [
        [("c", "你好在吗"), ("a", "在的亲"), ("c", "iPhone 15 Pro有货吗"), ("a", "有的")],
        [("c", "几天到"), ("a", "三天")],
    ]
    assert [found.name for _place, _line, found in results(path) if isinstance(found, Skipped)] == ["negative example"]


def test_one_odd_line_of_ecd_is_named(tmp_path):
    path = written(tmp_path, "x.txt", ECD * 3 + "2\ta\tb\n1\tonly\n")
    assert format_of(path) == "ecd"
    assert refused(path) == [(10, "label", "label"), (11, "columns", "")]


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("header", ["", HEADER])
def test_jddc_sessions_are_dialogues(tmp_path, header, packed):
    path = written(tmp_path, f"chat.txt{packed}", PACKED[packed](header + JDDC))
    assert format_of(path) == "jddc"
    assert talks(path) == [[("c", "在吗"), ("a", "在的\t亲"), ("c", "在吗")], [("c", "发货了吗"), ("a", "发了")]]
    assert [found.source_id for found in dialogues(path)] == ["s1", "s2"]


def test_a_broken_line_of_jddc_does_not_end_the_session(tmp_path):
    lines = JDDC.splitlines(keepends=True)
    path = written(tmp_path, "chat.txt", "".join([*lines[:1], "nothing\n", *lines[1:], *lines]))
    assert refused(path) == [(2, "columns", "")]
    assert len(talks(path)[0]) == 3


def test_a_session_with_too_many_lines_is_refused_once(tmp_path):
    path = written(tmp_path, "chat.txt", "s1\tu1\t0\t0\t0\thi\n" * 5_000 + JDDC.replace("s1", "s3"))
    assert refused(path) == [(1, "most_turns", "turns")]
    assert len(talks(path)) == 2


SPELLINGS = {
    "name, then time": "{name} {time}\n{said}\n",
    "time, then name": "{time} {name}\n{said}\n",
    "time in brackets": "{name} ({time})\n{said}\n",
    "wide brackets": "{name}（{time}）\n\n{said}\n\n",
    "one line": "{time} {name}: {said}\n",
    "one line, name first": "{name}({time})：{said}\n",
    "brackets first": "[{time}] {name}：{said}\n",
    "with a number": "{time} {name}(12345678)\n{said}\n\n",
    "with an address": "{time} {name}<a.b@example.com>\n{said}\n\n",
}
TIMES = {
    "dashes": ("2026-11-11 10:00:02", "2026-11-11 10:05:02", "2026-11-11 10:06:00"),
    "slashes": ("2026/11/1 9:05", "2026/11/1 9:06", "2026/11/1 10:06"),
    "words": ("2026年11月11日 上午 9:05", "2026年11月11日 上午 11:06", "2026年11月11日 下午 1:06"),
}
SAID = [("小鹿 2号", "在吗，几点发货"), ("小店客服", "在的，亲"), ("小鹿 2号", "好的: 谢谢")]
ROLES = {"小鹿 2号": "customer", "小店客服": "agent", "旗舰店:小美": "agent"}


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_log_is_read_however_its_headings_are_spelt(tmp_path, spelling, times):
    lines = [
        SPELLINGS[spelling].format(name=name, time=time, said=said)
        for (name, said), time in zip(SAID, TIMES[times], strict=True)
    ]
    path = written(tmp_path, "log.txt", "".join(lines))
    assert format_of(path) == "chat_log"
    assert talks(path, roles=ROLES) == [[("c", "在吗，几点发货"), ("a", "在的，亲"), ("c", "好的: 谢谢")]]


@pytest.mark.parametrize("packed", PACKED)
def test_lines_between_and_a_pause_begin_another_dialogue(tmp_path, packed):
    log = (
        "消息记录（此消息记录为文本格式，不支持重新导入）\n================\n消息对象:小鹿\n================\n\n"
        "小鹿 2026-11-10 10:00:00\n第一\n行\n----------------\n"
        "小鹿 2026-11-10 10:01:00\n第二\n"
        "旗舰店:小美 2026-11-10 10:02:00\n好\n"
        "小鹿 2026-11-11 10:02:00\n第三\n"
    )
    path = written(tmp_path, f"log.txt{packed}", PACKED[packed](log))
    roles = ROLES | {"小鹿": "customer"}
    assert talks(path, roles=roles) == [[("c", "第一\n行")], [("c", "第二"), ("a", "好")], [("c", "第三")]]
    assert refused(path, roles=roles) == []
    assert dialogues(path, roles=roles)[1].ended_at == datetime(2026, 11, 10, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "message",
    [
        "我是 2026-11-09 10:00 下的单",
        "下单时间 2026-11-09 08:00:00",
        "下单时间：2026-11-09 08:00:00",
        "预计 2026-11-20 10:00",
        "2026-11-09 08:00:00",
        "我 2026-99-99 10:00:00",
        "到 2026-11-12 10:00:00 还没到就退",
    ],
)
def test_a_message_with_a_time_in_it_is_no_heading(tmp_path, message):
    log = f"小鹿 2026-11-10 10:00:00\n你好\n{message}\n小店 2026-11-10 10:01:00\n好\n{message}\n"
    path = written(tmp_path, "log.txt", log)
    roles = {"小鹿": "customer", "小店": "agent"}
    assert talks(path, roles=roles) == [[("c", f"你好\n{message}"), ("a", f"好\n{message}")]]


def test_what_stands_before_the_first_heading_is_named(tmp_path):
    path = written(tmp_path, "log.txt", "聊天记录\n小鹿 2026-11-10 10:00:00\n你好\n")
    assert refused(path, roles={"小鹿": "customer"}) == [(1, "headless", "")]


def test_a_name_that_nobody_explained_is_an_unknown_role(tmp_path):
    path = written(tmp_path, "log.txt", "小鹿 2026-11-10 10:00:00\n你好\n")
    assert refused(path) == [(1, "role", "turns[0].role")]


def test_a_log_without_end_is_one_refusal(tmp_path):
    path = written(tmp_path, "log.txt", "我 2026-11-10 10:00:00\n你好\n" * 5_000)
    assert refused(path) == [(1, "most_turns", "turns")]


def test_a_message_without_end_is_refused(tmp_path):
    path = written(tmp_path, "log.txt", "我 2026-11-10 10:00:00\n" + "你好\n" * 50_000)
    assert refused(path, format="chat_log") == [(1, "long_text", "turns[0].text")]
    content = next(upload_of(path, format="chat_log").records()).content
    assert len(content.turns[0].text) < 50_000


def test_prose_is_no_log(tmp_path):
    path = written(tmp_path, "note.txt", "Dear all,\nwe meet on 2026-11-10 at 10:00.\nYours\n")
    with pytest.raises(Exception, match="Known formats"):
        talks(path)
