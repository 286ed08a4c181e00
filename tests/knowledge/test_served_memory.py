"""The memory whose vectors come from a server."""

import pytest

from knowledge import live, scorers
from knowledge.management.commands import answer_file
from knowledge.models import Entry
from knowledge.retrieval.items import Question
from knowledge.retrieval.thresholds import UNCALIBRATED
from knowledge.scorers import MemoryUnavailable
from scoring.models import Embedding
from tests.scoring.embedder import listening
from tests.serving.provider import failing

pytestmark = pytest.mark.django_db


def start_afresh():
    """As a new process would."""
    live.forget()
    scorers._load.cache_clear()


@pytest.fixture
def server(settings):
    with listening() as embedder:
        settings.SIMILARITY_MODEL = embedder.setting
        start_afresh()
        yield embedder
        start_afresh()


def reply(text="亲，7天内都可以退哦", *wordings):
    wanted = {"kind": "reply", "source": "page", "language": "zh", "text": text, "by": None}
    return Entry.objects.add(wordings=wordings or ["怎么退货"], **wanted)


def found(question="怎么退货"):
    remembering, _ = live.remembering()
    return [one.item.reply for one in remembering.memory.find(Question(question))]


def test_the_nearest_question_is_found(server):
    reply()
    reply("亲，支持微信和支付宝哦", "怎么付款")
    assert found("怎么退货呢")[0] == "亲，7天内都可以退哦"
    assert found("怎么付款呢")[0] == "亲，支持微信和支付宝哦"


def test_nobody_calibrated_it_so_only_the_same_question_is_answered_directly(server):
    assert live.remembering()[0].thresholds == UNCALIBRATED


def test_a_new_entry_costs_one_request_with_its_own_texts(server):
    reply()
    live.remembering()
    server.seen.clear()
    reply("亲，支持微信和支付宝哦", "怎么付款", "可以用微信吗")
    live.remembering()
    assert [request.body["input"] for request in server.seen] == [
        ["怎么付款", "可以用微信吗", "亲，支持微信和支付宝哦"]
    ]


def test_a_question_costs_one_request_and_the_same_one_none(server):
    reply()
    live.remembering()
    server.seen.clear()
    assert found("退货怎么弄") == found("退货怎么弄")
    assert server.asked == ["退货怎么弄"]


def test_a_new_process_reads_what_an_earlier_one_was_told(server):
    reply()
    expected = found()
    start_afresh()
    server.seen.clear()
    assert found() == expected
    assert server.asked == ["?"]


def test_while_the_server_fails_it_says_so_and_then_it_catches_up(server):
    reply()
    live.remembering()
    reply("亲，支持微信和支付宝哦", "怎么付款")
    server.will(failing(400))
    sentence = (
        r"The memory cannot be read\. The embedding model small at 127\.0\.0\.1 cannot be used: the server refused"
    )
    with pytest.raises(MemoryUnavailable, match=sentence):
        live.remembering()
    assert sorted(found()) == ["亲，7天内都可以退哦", "亲，支持微信和支付宝哦"]


def test_words_do_not_leave_for_a_server_that_is_not_the_shops_own(settings):
    settings.SIMILARITY_MODEL = "openai:small@http://embed.example/v1"
    start_afresh()
    with pytest.raises(MemoryUnavailable, match=r"embed\.example cannot be used: OWN_HOSTS does not list that host"):
        live.remembering()


def test_a_memory_from_a_file_needs_no_database(server, tmp_path):
    file = tmp_path / "memory.jsonl"
    file.write_text('{"question": "怎么退货", "reply": "亲，7天内都可以退哦"}\n', encoding="utf-8")
    assert len(answer_file._memory_of(file).memory) == 1
    assert not Embedding.objects.exists()
