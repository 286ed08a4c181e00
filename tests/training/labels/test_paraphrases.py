"""Other wordings of what people corrected, asked of a provider that does as it is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.models import Dialogue, Turn
from ecc_site.core.jobs import Cancelled
from knowledge.models import Clock, Entry
from serving.models import CloudCall
from tests import build
from tests.serving.provider import PATIENT_S, chat, failing
from training.labels import paraphrases
from training.labels.paraphrases import cost_of, paraphrase, remember_paraphrases, wordings_by_label
from training.labels.remembering import remember_labels
from training.models import Label, Paraphrase

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("nothing_loaded")]
QUESTIONS = ["怎么申请退货", "发什么快递"]


@pytest.fixture(autouse=True)
def no_waiting(settings):
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    settings.CLOUD_REQUESTS_PER_MINUTE = 0


@pytest.fixture
def labels(db):
    """Two questions with a person's reply."""
    shop = build.dataset(*(build.record(text, "好的", split="train") for text in QUESTIONS))
    for turn in Turn.objects.filter(role="customer").order_by("id"):
        build.label(turn, f"better {turn.text}")
    return Label.objects.taught(shop)


@pytest.fixture
def teacher(provider):
    return build.version("teacher", kind="cloud", model=f"openai:teacher@{provider.url}/v1")


def test_each_question_gets_wordings_with_their_call(labels, teacher, provider):
    provider.will(chat("1. 申请退货怎么弄\n2. 想申请退货"), chat("用什么快递发"))
    assert paraphrase(labels, teacher, 12) == {}
    made = Paraphrase.objects.usable().by_label()
    assert [made[label.pk] for label in labels.order_by("id")] == [["申请退货怎么弄", "想申请退货"], ["用什么快递发"]]
    assert {row.cloud_call.purpose for row in Paraphrase.objects.all()} == {"paraphrase"}
    assert "12" in provider.seen[0].body["messages"][0]["content"]


def test_what_has_wordings_is_not_asked_about_again(labels, teacher, provider):
    provider.will(chat("申请退货怎么弄"), chat("用什么快递发"))
    assert cost_of(labels, teacher, 12).calls == 2
    paraphrase(labels, teacher, 12)
    assert cost_of(labels, teacher, 12).calls == 0
    assert paraphrase(labels, teacher, 12) == {}
    assert CloudCall.objects.count() == 2


def test_wordings_of_a_label_that_goes_meanwhile_are_none(labels, teacher, provider, monkeypatch):
    measured = paraphrases._similarities

    def then_it_goes(question, texts):
        Label.objects.filter(turn__text=question).delete()
        return measured(question, texts)

    monkeypatch.setattr(paraphrases, "_similarities", then_it_goes)
    provider.will(chat("申请退货怎么弄"), chat("用什么快递发"))
    assert paraphrase(labels, teacher, 12) == {}
    assert Paraphrase.objects.count() == 0
    connection.check_constraints()


def test_what_means_something_else_is_kept_but_not_used(labels, teacher, provider):
    provider.will(chat("今天天气很好\n申请退货怎么弄"), chat("用什么快递发"))
    paraphrase(labels, teacher, 12)
    assert set(Paraphrase.objects.values_list("text", flat=True)) - set(
        Paraphrase.objects.usable().values_list("text", flat=True)
    ) == {"今天天气很好"}


def test_an_invented_number_and_a_question_of_a_test_dialogue_are_dropped(labels, teacher, provider):
    build.dataset(build.record("想退货", "好", split="test"), name="elsewhere")
    provider.will(chat("订单123怎么退货\n想退货\n申请退货怎么弄"), chat("用什么快递发"))
    paraphrase(labels, teacher, 12)
    assert Paraphrase.objects.by_label()[labels.order_by("id")[0].pk] == ["申请退货怎么弄"]


def test_nor_is_one_used_that_a_test_dialogue_asks_without_a_reply(labels, teacher):
    build.dataset(build.record("想退货", split="test"), name="elsewhere")
    label = labels.order_by("id")[0]
    for text in ("想退货", "申请退货怎么弄"):
        Paraphrase.objects.create(label=label, teacher=teacher, text=text, text_hash=text, similarity=0.9)
    assert wordings_by_label(labels) == {label.pk: ["申请退货怎么弄"]}


def test_what_never_leaves_is_not_asked_about(labels, teacher, provider):
    Dialogue.objects.filter(turns__text=QUESTIONS[0]).update(never_leaves=True)
    provider.will(chat("用什么快递发"))
    assert cost_of(labels, teacher, 12).kept_here == 1
    assert paraphrase(labels, teacher, 12) == {}
    assert len(provider.seen) == 1
    assert QUESTIONS[0] not in provider.seen[0].raw


def test_a_question_without_a_usable_reply_is_counted_and_the_next_one_asked(labels, teacher, provider):
    provider.will(failing(400), chat("用什么快递发"))
    assert paraphrase(labels, teacher, 12) == {"refused": 1}
    assert Paraphrase.objects.count() == 1


def test_without_budget_nothing_is_asked_and_all_are_counted(labels, teacher, provider, settings):
    settings.CLOUD_TOKENS_PER_DAY = 10
    assert paraphrase(labels, teacher, 12) == {"budget": 2}
    assert not provider.seen


def test_it_can_be_ended_between_two_questions(labels, teacher, provider):
    def stop(done, total):
        if done:
            raise Cancelled

    provider.will(chat("申请退货怎么弄"))
    with pytest.raises(Cancelled):
        paraphrase(labels, teacher, 12, report=stop)
    assert Paraphrase.objects.count() == 1


def test_the_memory_gets_the_wordings_once(labels, teacher, provider, manager):
    remember_labels(labels, manager)
    provider.will(chat("今天天气很好\n申请退货怎么弄"), chat("用什么快递发"))
    paraphrase(labels, teacher, 12)
    assert remember_paraphrases(labels, manager) == 2
    wordings = {tuple(w.text for w in entry.wordings.all()) for entry in Entry.objects.all()}
    assert wordings == {(QUESTIONS[0], "申请退货怎么弄"), (QUESTIONS[1], "用什么快递发")}
    now = Clock.now()
    assert remember_paraphrases(labels, manager) == 0
    assert Clock.now() == now


def test_what_is_read_of_the_memory_nobody_changes_or_erases_before_it_is_written(labels, manager):
    with CaptureQueriesContext(connection) as queries:
        remember_paraphrases(labels, manager)
    first = next(query["sql"] for query in queries if query["sql"].startswith("SELECT"))
    assert "knowledge_clock" in first


def test_a_wording_that_was_taken_out_does_not_come_back(labels, teacher, manager):
    remember_labels(labels, manager)
    label = labels.order_by("id")[0]
    Paraphrase.objects.create(label=label, teacher=teacher, text="你好", text_hash="x", similarity=0.9)
    assert remember_paraphrases(labels, manager) == 1
    entry = Label.objects.get(pk=label.pk).entry
    entry.change(by=manager, wordings=[QUESTIONS[0]])
    assert remember_paraphrases(labels, manager) == 0
    assert entry.wordings.get().text == QUESTIONS[0]


def test_an_entry_that_says_something_else_by_now_is_left_alone(labels, teacher, provider, manager):
    remember_labels(labels, manager)
    for entry in Entry.objects.all():
        entry.change(by=manager, text="rewritten")
    provider.will(chat("申请退货怎么弄"), chat("用什么快递发"))
    paraphrase(labels, teacher, 12)
    assert remember_paraphrases(labels, manager) == 0
