"""End models behind a server: on the shop's own machine, and on somebody else's."""

import json

import pytest

from dialogues.answering import answer_dataset
from dialogues.models import Answer, AnswerJob
from serving import gateway, patience
from serving.models import CloudCall, CloudDay, Version
from tests import build
from tests.serving.provider import PATIENT_S, SILENT, chat, failing, wrong_json

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("nothing_loaded")]

PHONE, RESIDENT_ID = "13800138000", "11010519491231002X"
QUESTIONS = [f"我的手机是{PHONE}", f"我的身份证是{RESIDENT_ID}", "可以退货吗？"]


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch, settings):
    monkeypatch.setattr(gateway.time, "sleep", lambda seconds: None)
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    settings.OPENAI_API_KEY = "sk-for-the-cloud-alone"
    settings.CLOUD_MODEL = "recorded"


@pytest.fixture
def open_to_all(db):
    return build.dataset(*[build.record(question, "好的") for question in QUESTIONS])


@pytest.fixture
def private(open_to_all):
    open_to_all.never_leaves = True
    open_to_all.save()
    return open_to_all


def own(provider):
    return Version.objects.register("end", f"openai:small@{provider.url}/v1")


def elsewhere(provider):
    """The same server by an address that is not loopback by its form, as that of another machine."""
    return Version.objects.register("end", f"openai:small@{provider.url.replace('127.0.0.1', '127.1')}/v1")


def answer(dataset, version):
    job = AnswerJob.objects.create(dataset=dataset, version=version)
    job.run(answer_dataset)
    job.refresh_from_db()
    return job


def everything_seen(provider):
    return " ".join(json.dumps([request.raw, request.headers], ensure_ascii=False) for request in provider.seen)


def test_nothing_of_a_dialogue_that_never_leaves_goes_to_another_machine(private, provider):
    job = answer(private, elsewhere(provider))
    assert (job.state, job.done, job.skipped) == ("done", 0, 3)
    assert provider.seen == []


def test_for_another_machine_the_words_are_redacted_booked_and_kept_in_the_ledger(open_to_all, provider):
    provider.will(*[chat("好", tokens_in=20, tokens_out=1)] * 3)
    assert answer(open_to_all, elsewhere(provider)).done == 3
    seen = everything_seen(provider)
    assert not [secret for secret in (PHONE, RESIDENT_ID, "sk-for-the-cloud-alone") if secret in seen]
    assert "[PHONE_1]" in seen
    calls = CloudCall.objects.order_by("id")
    assert [(call.left, call.purpose) for call in calls] == [(True, "answer")] * 3
    assert calls[0].messages == [{"role": "customer", "text": "我的手机是[PHONE_1]"}]
    assert CloudDay.objects.get().tokens == 63


def test_a_model_on_the_shops_own_machine_reads_the_words_and_the_ledger_keeps_none(private, provider):
    provider.will(*[chat(f"打{PHONE}")] * 3)
    assert answer(private, own(provider)).done == 3
    assert PHONE in everything_seen(provider)
    assert "sk-for-the-cloud-alone" not in everything_seen(provider)
    rows = list(CloudCall.objects.values())
    assert [(row["place"], row["messages"], row["reply"], row["prompt_hash"]) for row in rows] == [
        ("server", [], "", "")
    ] * 3
    assert CloudDay.objects.get().tokens == 0
    assert set(Answer.objects.values_list("text", flat=True)) >= {f"打{PHONE}"}


def test_a_host_of_the_shop_is_its_own_machine(private, provider, settings):
    settings.OWN_HOSTS = ["127.1"]
    provider.will(*[chat("好")] * 3)
    assert answer(private, elsewhere(provider)).done == 3


def test_one_bad_reply_costs_one_turn_and_a_busy_server_is_asked_again(open_to_all, provider):
    provider.will(chat(None), failing(503), chat("好"), wrong_json(), wrong_json(), wrong_json(), wrong_json())
    job = answer(open_to_all, own(provider))
    assert (job.state, job.done, job.skipped) == ("done", 1, 2)
    assert sorted(CloudCall.objects.values_list("outcome", flat=True)) == ["answered", "broken", "empty"]


def test_what_was_answered_before_the_server_went_away_is_kept(open_to_all, provider):
    provider.will(chat("好"), failing(404))
    job = answer(open_to_all, own(provider))
    assert (job.state, len(provider.seen)) == ("failed", 2)
    assert "the server refused with 404: the provider's own words; what it answered is kept." in job.error
    assert Answer.objects.filter(version__kind="end").count() == 1
    assert CloudCall.objects.filter(outcome="answered").count() == 1


def test_a_server_of_the_shop_that_repeats_the_question_puts_it_into_no_record(private, provider):
    provider.will(failing(404, {"error": {"message": f"no model for 我的手机是{PHONE}"}}))
    job = answer(private, own(provider))
    assert job.error.startswith("openai:small@")
    assert "the server refused with 404; what it answered is kept." in job.error
    assert CloudCall.objects.get().problem == "the server refused with 404"


def test_a_job_that_waits_for_a_silent_server_can_be_cancelled(open_to_all, provider, settings, monkeypatch):
    settings.CLOUD_TIMEOUT_S = 25  # far longer than this test takes
    provider.will(chat("好"), SILENT)
    job = AnswerJob.objects.create(dataset=open_to_all, version=own(provider))
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 0.05)
    checks, check = [], AnswerJob.check_in

    def cancelled_meanwhile(self):
        checks.append(len(provider.seen))
        if checks.count(2) == 2:
            AnswerJob.objects.update(cancel_requested=True)
        check(self)

    monkeypatch.setattr(AnswerJob, "check_in", cancelled_meanwhile)
    job.run(answer_dataset)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Answer.objects.filter(version__kind="end").count() == 1
