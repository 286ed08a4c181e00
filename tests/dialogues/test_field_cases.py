"""What people report of tools like this one, with small files of the same kind."""

import json

import pytest
from django.core.management import CommandError, call_command

from dialogues.models import Dataset, Turn
from tests.dialogues.files import json_lines, written
from tests.dialogues.imports import imported, imported_records, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def talk(i, **fields):
    asked = {"role": "customer", "text": f"你好，第{i}单什么时候发货？"}
    return {"turns": [asked, {"role": "agent", "text": f"亲，第{i}单今天发出哦"}], "id": f"a{i}"} | fields


TWELVE = [talk(i) for i in range(12)]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
def test_01_a_file_in_another_encoding_is_read(tmp_path, encoding):
    emoji = [talk(99, turns=[{"role": "customer", "text": "太棒了😀"}])] if encoding == "gb18030" else []
    job = imported(written(tmp_path, "x.jsonl", json_lines(*TWELVE, *emoji).encode(encoding)))
    assert (job.state, job.added, job.problem_count) == ("done", 12 + len(emoji), 0)
    assert stored()["a3"] == [["你好，第3单什么时候发货？", "亲，第3单今天发出哦"]]


def test_01_a_wrong_encoding_is_named_once_and_leaves_nothing(tmp_path, capsys):
    path = written(tmp_path, "x.jsonl", json_lines(*TWELVE).encode("gbk"))
    with pytest.raises(CommandError, match="not text in UTF-8; it looks like GB18030"):
        call_command("import_dialogues", path, "--dataset", "shop", "--encoding", "utf-8")
    assert "12" not in capsys.readouterr().err
    assert not Dataset.objects.filter(name="shop").exists()


@pytest.mark.parametrize(
    "record",
    [
        {
            "messages": [
                {"role": "system", "content": "你是客服"},
                {"role": "user", "content": "到哪了"},
                {"role": "assistant", "content": "在路上"},
            ]
        },
        {"conversations": [{"from": "human", "value": "到哪了"}, {"from": "gpt", "value": "在路上"}]},
        {"turns": [{"role": "user", "text": "到哪了"}, {"role": "assistant", "text": "在路上"}]},
        {"turns": [{"role": "买家", "text": "到哪了"}, {"role": "客服", "text": "在路上"}]},
    ],
)
def test_02_other_forms_of_json_are_read(tmp_path, record):
    job = imported_records(tmp_path, record)
    assert (job.state, job.added, job.problem_count) == ("done", 1, 0)
    assert stored() == {"": [["到哪了", "在路上"]]}


@pytest.mark.parametrize("indent", [None, 2])
def test_03_an_array_is_read(tmp_path, indent):
    job = imported(written(tmp_path, "x.json", json.dumps(TWELVE, ensure_ascii=False, indent=indent)))
    assert (job.state, job.added, job.problem_count) == ("done", 12, 0)


def test_04_windows_line_separators_nul_and_half_an_emoji(tmp_path):
    lines = [json.dumps(talk(i), ensure_ascii=False) for i in range(4)]
    lines.append(json.dumps(talk(4, turns=[{"role": "customer", "text": "第一行\u2028第二行"}]), ensure_ascii=False))
    lines.append(r'{"turns":[{"role":"customer","text":"空\u0000字"},{"role":"agent","text":"好"}]}')
    lines.append(r'{"turns":[{"role":"customer","text":"太好了\ud83d"},{"role":"agent","text":"谢谢\ude00亲"}]}')
    job = imported(written(tmp_path, "x.jsonl", "\ufeff" + "\r\n\r\n".join(lines)))
    assert (job.state, job.added, job.problem_count) == ("done", 7, 0)
    assert stored()["a4"] == [["第一行\n第二行"]]
    assert stored()[""] == [["空\ufffd字", "好"], ["太好了\ufffd", "谢谢\ufffd亲"]]


def test_06_a_corrected_file_replaces_and_the_id_0_is_kept(tmp_path):
    first = [
        {"turns": [{"role": "customer", "text": f"问题{i}"}, {"role": "agent", "text": f"回答{i}"}], "id": i}
        for i in range(4)
    ]
    imported_records(tmp_path, *first)
    first[1]["turns"][1]["text"] = "回答1（更正）"
    job = imported_records(tmp_path, *first)
    assert (job.added, job.repeated, job.replaced) == (1, 3, 1)
    assert stored()["0"] == [["问题0", "回答0"]]
    assert stored()["1"] == [["问题1", "回答1（更正）"]]


def test_08_joined_emoji_and_persian_stay(tmp_path):
    said = ["👨‍👩‍👧‍👦 一家都喜欢 🏳️‍🌈 👍🏽 1️⃣", "谢谢❤️‍🔥", "می‌خواهم"]
    imported_records(tmp_path, *[{"turns": [{"role": "customer", "text": text}]} for text in said])
    assert list(Turn.objects.order_by("pk").values_list("text", flat=True)) == said
