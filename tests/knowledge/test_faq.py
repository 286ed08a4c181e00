"""A file of questions and replies becomes entries; what is left out is named."""

import json

import pytest

from knowledge import faq, live
from knowledge.faq import BadFile, import_faq
from knowledge.models import Clock, Entry, EntryRevision

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CSV = "question,reply\r\n怎么退货,亲，7天内都可以退哦\r\nhow to return,Within 7 days\r\n"
QUOTED = 'Reply,Question\n"亲，\n可以的","能退吗"\n'


def entries():
    rows = Entry.objects.filter(source="import").order_by("id").prefetch_related("wordings")
    return [(entry.wordings.get().text, entry.text, entry.language) for entry in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_in_each_encoding(manager, encoding):
    quoted = CSV.replace("亲，7", '"亲,7').replace("退哦", '退哦"')
    report = import_faq("faq.csv", quoted.encode(encoding), manager)
    assert (report.added, report.known, report.problems) == (2, 0, [])
    assert entries() == [("怎么退货", "亲,7天内都可以退哦", "zh"), ("how to return", "Within 7 days", "en")]
    assert Entry.objects.first().author == manager


def test_columns_in_any_order_and_texts_over_several_lines():
    import_faq("faq.csv", QUOTED.encode(), None)
    assert entries() == [("能退吗", "亲，\n可以的", "zh")]


def test_all_is_one_revision_and_is_found_at_once(monkeypatch):
    monkeypatch.setattr(live, "PAGE", 2)
    lines = "".join(f'{{"question": "question {i}", "reply": "reply {i}"}}\n' for i in range(5))
    import_faq("faq.jsonl", lines.encode(), None)
    assert Clock.now() == 1
    assert EntryRevision.objects.filter(number=1).count() == 5
    assert len(live.remembering()[0].memory) == len(live.remembering_at(1).memory) == 5


def test_twice_adds_nothing():
    import_faq("faq.csv", CSV.encode(), None)
    report = import_faq("faq.csv", CSV.encode(), None)
    assert (report.added, report.known, Clock.now()) == (0, 2, 1)


@pytest.mark.parametrize("value", ['["q"]', "true", '{"q": 1}', "5"])
def test_what_is_no_text_is_named(value):
    report = import_faq("faq.jsonl", f'{{"question": {value}, "reply": "r"}}'.encode(), None)
    assert report.problems == ["Line 1: “question” is empty or no text."]
    assert not Entry.objects.exists()


def test_characters_that_no_database_stores_are_replaced():
    lines = ['{"question": "q\\ud800", "reply": "r"}', '{"question": "n\\u0000", "reply": "r"}']
    assert import_faq("faq.jsonl", "\n".join(lines).encode(), None).added == 2
    assert import_faq("faq.csv", b"question,reply\nc\0,r\n", None).added == 1
    assert [entry.wordings.get().text for entry in Entry.objects.order_by("id")] == ["q\ufffd", "n\ufffd", "c\ufffd"]


def test_bad_lines_are_named_and_the_others_remembered():
    long = json.dumps({"question": "q", "reply": "x" * 4001})
    lines = ['{"question": "q", "reply": "r"}', "no JSON", '{"question": "q2"}', "[]", long]
    report = import_faq("faq.jsonl", "\n".join(lines).encode(), None)
    assert report.added == 1
    assert report.problems == [
        "Line 2: “question” is empty or no text.",
        "Line 3: “reply” is empty or no text.",
        "Line 4: “question” is empty or no text.",
        "Line 5 is longer than 4000 characters.",
    ]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("faq.csv", b"a,b\n1,2\n", "has to name the columns"),
        ("faq.csv", b"", "has to name the columns"),
        ("faq.csv", b"\xff\xfe\x00\x01", "neither in UTF-8 nor in GB18030"),
        ("faq.csv", b"x" * (faq.MOST_BYTES + 1), "larger than 2 MiB"),
        ("faq.jsonl", b'{"question": "q", "reply": "r"}\n' * (faq.MOST_ROWS + 1), "more than 5000 lines"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(name, data, sentence):
    with pytest.raises(BadFile, match=sentence):
        import_faq(name, data, None)
    assert Clock.now() == 0
