"""The teacher's labels, asked of a provider that does as it is told."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dialogues.models import Dialogue, Turn
from dialogues.removing import remove
from serving import limits
from serving.models import CloudCall, Quote, QuotedSet, Version
from tests import build
from tests.serving.provider import (
    PATIENT_S,
    SILENT,
    Behaviour,
    chat,
    cut,
    failing,
    generated,
    prompt_blocked,
    too_many_for_gemini,
    wrong_json,
)
from training.labels import teacher as labelling
from training.labels.teacher import label_dataset, reasons_of
from training.models import Label, LabelJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_loaded")]
PHONE = "13800138000"
HUGE = Behaviour(b'{"choices": [' + b" " * 10_000_000)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch, settings):
    waited = []
    monkeypatch.setattr(labelling, "pause", waited.append)
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    settings.CLOUD_REQUESTS_PER_MINUTE = 0
    settings.GEMINI_API_KEY, settings.OPENAI_API_KEY = "AIza-never-stored", "sk-never-stored"
    return waited


@pytest.fixture
def shop(db):
    """Five train turns, one of dev and one of test, each a dialogue of its own."""
    splits = ["train"] * 5 + ["dev", "test"]
    records = [build.record(f"第{i}个问题怎么办", f"亲，答复{i}", split=split) for i, split in enumerate(splits)]
    return build.dataset(*records)


@pytest.fixture
def openai(provider):
    return Version.objects.create(kind="cloud", name="teacher", model=f"openai:teacher@{provider.url}/v1")


@pytest.fixture
def gemini(provider, settings):
    settings.GEMINI_ENDPOINT = provider.url
    return Version.objects.create(kind="cloud", name="gemini", model="gemini:teacher")


def run(dataset, teacher, **values):
    values = {"selection": "all"} | values
    job = LabelJob.objects.create(dataset=dataset, teacher=teacher, **values)
    job.run(label_dataset)
    job.refresh_from_db()
    return job


def replies(count, make=chat):
    return [make(f"回复{i}") for i in range(count)]


# --- what is asked, and what becomes of it


@pytest.mark.database
def test_each_train_and_dev_turn_gets_a_label_with_its_origin(shop, openai, provider):
    provider.will(*replies(6))
    job = run(shop, openai)
    assert (job.state, job.done, job.total, job.unanswered) == ("done", 6, 6, {})
    assert set(Label.objects.values_list("split", flat=True)) == {"train", "dev"}
    label = Label.objects.earliest("id")
    assert (label.text, label.source, label.teacher, label.chosen) == ("回复0", "teacher", openai, True)
    assert (label.prompt_version, label.cloud_call.purpose) == ("table2.1/0", "label")


@pytest.mark.database
def test_a_turn_that_is_removed_while_its_teacher_is_asked_gets_no_label(shop, openai, provider, monkeypatch):
    ask = labelling.gateway.ask

    def then_one_is_removed(*of, **named):
        answer = ask(*of, **named)
        remove(shop, list(Dialogue.objects.filter(split="train").values_list("pk", flat=True)))
        return answer

    monkeypatch.setattr(labelling.gateway, "ask", then_one_is_removed)
    provider.will(*replies(6))
    job = run(shop, openai)
    assert (job.state, job.error) == ("done", "")
    assert set(Label.objects.values_list("split", flat=True)) == {"dev"}
    connection.check_constraints()


@pytest.mark.database
def test_twice_asks_nothing_and_adds_nothing(shop, openai, provider):
    provider.will(*replies(6))
    run(shop, openai)
    job = run(shop, openai)
    assert (job.state, job.done, len(provider.seen), Label.objects.count()) == ("done", 0, 6, 6)


def test_the_prompt_stands_before_the_conversation_and_is_the_same_each_time(shop, openai, provider):
    provider.will(*replies(6))
    run(shop, openai, example_count=3)
    sent = [request.body["messages"] for request in provider.seen]
    assert [messages[0]["role"] for messages in sent] == ["system"] * 6
    assert len({messages[0]["content"] for messages in sent}) == 1
    assert sent[0][0]["content"].count("问：") == 3
    assert sent[2][-1] == {"role": "user", "content": "第2个问题怎么办"}


def test_what_leaves_is_redacted_and_the_label_is_whole(openai, provider):
    made = build.dataset(build.record(f"请打我手机{PHONE}可以吗", "好", split="train"), name="private")
    provider.will(chat("好的，我们打[PHONE_1]"))
    run(made, openai)
    assert PHONE not in provider.seen[0].raw
    assert Label.objects.get().text == f"好的，我们打{PHONE}"


def test_a_reply_with_the_data_of_an_example_is_not_learned(shop, openai, provider):
    provider.will(chat("打[PHONE_1]吧"), *replies(5))
    assert run(shop, openai).unanswered == {"foreign": 1}


def test_a_dialogue_that_never_leaves_does_not(shop, openai, provider):
    Dialogue.objects.filter(split="dev").update(never_leaves=True)
    provider.will(*replies(5))
    job = run(shop, openai)
    assert (job.done, job.unanswered, len(provider.seen)) == (5, {"never_leaves": 1}, 5)


def test_an_example_that_is_marked_while_the_job_runs_is_quoted_no_more(shop, openai, provider, monkeypatch):
    asked = labelling.gateway.ask

    def mark_after_the_first(*arguments, **options):
        answer = asked(*arguments, **options)
        Dialogue.objects.filter(turns__text="第0个问题怎么办").update(never_leaves=True)
        return answer

    monkeypatch.setattr(labelling.gateway, "ask", mark_after_the_first)
    provider.will(*replies(6))
    assert run(shop, openai, example_count=3).unanswered == {}
    first, *later = [request.raw for request in provider.seen]
    assert "第0个问题怎么办" in first
    assert len(later) == 5 and not any("第0个问题怎么办" in raw for raw in later)
    assert all(raw.count("问：") == 3 for raw in later)


@pytest.mark.database
def test_a_limit_is_kept_and_the_next_job_goes_on(shop, openai, provider):
    provider.will(*replies(6))
    assert (run(shop, openai, limit=5).done, len(provider.seen)) == (5, 5)
    assert (run(shop, openai, limit=5).done, len(provider.seen)) == (1, 6)


@pytest.mark.database
def test_a_reply_that_the_ledger_knows_is_not_asked_for_again(shop, openai, provider):
    provider.will(*replies(6))
    run(shop, openai)
    Label.objects.all().delete()
    assert run(shop, openai).done == 6
    assert (len(provider.seen), CloudCall.objects.count(), Label.objects.count()) == (6, 6, 6)


@pytest.mark.database
def test_another_prompt_is_asked_and_an_equal_reply_stays_one_label(shop, openai, provider):
    provider.will(*replies(6), *replies(6))
    run(shop, openai)
    assert run(shop, openai, example_count=1).done == 6
    assert Label.objects.count() == 6
    assert set(Label.objects.values_list("prompt_version", flat=True)) == {"table2.1/1"}


@pytest.mark.database
def test_a_rejected_label_is_neither_asked_for_again_nor_chosen(shop, openai, provider):
    provider.will(*replies(6), *replies(6))
    run(shop, openai)
    Label.objects.update(rejected=True, chosen=False)
    run(shop, openai)
    run(shop, openai, example_count=1)
    assert not Label.objects.chosen().exists()


@pytest.mark.database
def test_a_persons_label_wins_over_the_teachers(shop, openai, provider, annotator):
    turn = Turn.objects.open_in(shop).first()
    person = {
        "turn": turn,
        "source": "person",
        "origin": "by_hand",
        "author": annotator,
        "dataset": shop,
        "split": "train",
    }
    Label.objects.create(text="更好", text_hash="h", **person)
    provider.will(*replies(6))
    run(shop, openai)
    assert [label.source for label in Label.objects.filter(turn=turn, chosen=True)] == ["person"]


# --- a server that misbehaves

OPENAI = {
    "429": ([failing(429, Retry_After="2"), chat("好")], None),
    "500": ([failing(500), chat("好")], None),
    "503 again and again": ([failing(503)] * 4, "busy"),
    "silent": ([SILENT] * 4, "timed_out"),
    "cut": ([cut(chat("好的呀"))] * 4, "busy"),
    "blocked": ([chat("", "content_filter")], "blocked"),
    "empty": ([chat("")], "empty"),
    "MAX_TOKENS": ([chat("前半句", "length")], "cut"),
    "wrong JSON": ([wrong_json()] * 4, "broken"),
    "10 MB": ([HUGE] * 4, "broken"),
    "10 MB of text": ([chat("好" * 3_400_000)] * 4, "broken"),
    "refused": ([failing(400)], "refused"),
    "thinking that was cut": ([chat("<think>想", "length")], "empty"),
}
GEMINI = {
    "429": ([too_many_for_gemini("2s"), generated("好")], None),
    "500": ([failing(500), generated("好")], None),
    "503 again and again": ([failing(503)] * 4, "busy"),
    "cut": ([cut(generated("好的呀"))] * 4, "broken"),
    "blocked": ([prompt_blocked()], "blocked"),
    "no parts": ([generated()], "empty"),
    "MAX_TOKENS": ([generated("前半句", finish="MAX_TOKENS")], "cut"),
    "MAX_TOKENS without parts": ([generated(finish="MAX_TOKENS")], "empty"),
    "wrong JSON": ([wrong_json()] * 4, "broken"),
    "10 MB": ([HUGE] * 4, "broken"),
    "10 MB of text": ([generated("好" * 3_400_000)] * 4, "broken"),
}


def meets(job_of, provider, misbehaviour, reason, well):
    """The second of six turns meets the misbehaviour; a second job asks about that one alone."""
    provider.will(well("一"), *misbehaviour, *[well(f"回复{i}") for i in range(4)])
    job = job_of()
    lost = 0 if reason is None else 1
    assert (job.state, job.done, job.skipped) == ("done", 6 - lost, lost)
    assert job.unanswered == ({reason: 1} if reason else {})
    assert Label.objects.count() == 6 - lost
    provider.will(well("终于"))
    assert job_of().done == lost
    assert Label.objects.count() == 6
    assert Label.objects.chosen().count() == 6


@pytest.mark.parametrize("name", OPENAI)
def test_the_job_ends_with_what_it_could_get_from_openai(name, shop, openai, provider, settings):
    settings.CLOUD_TIMEOUT_S = 1 if name == "silent" else PATIENT_S
    meets(lambda: run(shop, openai), provider, *OPENAI[name], chat)


@pytest.mark.parametrize("name", GEMINI)
def test_the_job_ends_with_what_it_could_get_from_gemini(name, shop, gemini, provider):
    meets(lambda: run(shop, gemini), provider, *GEMINI[name], generated)


def test_a_provider_that_is_down_is_waited_for(shop, openai, provider, monkeypatch, no_waiting):
    """Two turns fail, the circuit opens, the pause lets it close, and the rest is answered."""
    monkeypatch.setattr(limits, "FAILURES_IN_A_ROW", 2)
    monkeypatch.setattr(limits, "OPEN_S", 1)
    monkeypatch.setattr(labelling, "pause", lambda seconds: close_the_circuit())
    provider.will(*[failing(503)] * 8, *replies(4))
    job = run(shop, openai)
    assert (job.state, job.done, job.unanswered) == ("done", 4, {"busy": 2})


def close_the_circuit():
    from ecc_site.core import presence

    for key in presence.connection().scan_iter("*:open"):
        presence.connection().delete(key)


def test_a_provider_that_stays_down_ends_the_job_with_a_sentence(shop, openai, provider, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES_IN_A_ROW", 2)
    provider.will(chat("一"), *[failing(400)] * 9)
    job = run(shop, openai)
    assert job.state == "failed"
    assert "failed 2 times in a row (the server refused with 400: the provider's own words)" in job.error
    assert (Label.objects.count(), job.unanswered) == (1, {"refused": 2, "left_alone": 3})


@pytest.mark.parametrize(
    "problem", [failing(401), failing(404), failing(429, {"error": {"code": "insufficient_quota", "message": "pay"}})]
)
def test_what_every_question_would_meet_stops_the_job_at_the_first(shop, openai, provider, problem):
    provider.will(chat("一"), *[problem] * 9)
    job = run(shop, openai)
    assert (job.state, len(provider.seen)) == ("failed", 2)
    assert "the labels so far are kept" in job.error
    assert ("the provider's own words" in job.error) or ("the quota is used up: pay" in job.error)
    assert (Label.objects.count(), job.unanswered) == (1, {"refused": 1, "for_good": 4})


@pytest.mark.database
def test_a_spent_budget_keeps_what_came_and_goes_on_tomorrow(shop, openai, provider, settings):
    provider.will(*[chat(f"回复{i}", tokens_in=600, tokens_out=400) for i in range(6)])
    settings.CLOUD_TOKENS_PER_DAY = 3500
    job = run(shop, openai)
    assert job.state == "failed"
    assert "CLOUD_TOKENS_PER_DAY" in job.error
    kept = Label.objects.count()
    assert 0 < kept < 6
    assert job.unanswered == {"budget": 6 - kept}
    settings.CLOUD_TOKENS_PER_DAY = 10_000
    assert (run(shop, openai).done, Label.objects.count()) == (6 - kept, 6)


@pytest.mark.database
def test_a_kill_half_way_loses_and_doubles_nothing(shop, openai, provider, monkeypatch):
    monkeypatch.setattr(labelling, "CHUNK", 2)
    asked = labelling.gateway.ask

    def die_at_the_fourth(*arguments, **options):
        if Label.objects.count() == 2 and CloudCall.objects.count() == 3:
            raise SystemExit
        return asked(*arguments, **options)

    monkeypatch.setattr(labelling.gateway, "ask", die_at_the_fourth)
    provider.will(*replies(6))
    job = LabelJob.objects.create(dataset=shop, teacher=openai, selection="all")
    with pytest.raises(SystemExit):
        job.run(label_dataset)
    monkeypatch.setattr(labelling.gateway, "ask", asked)
    LabelJob.objects.update(state="queued", token=None)
    job.run(label_dataset)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 6, 6)
    assert (len(provider.seen), Label.objects.count()) == (6, 6)


def test_a_cancelled_job_stops_and_keeps_what_came(shop, openai, provider, monkeypatch):
    monkeypatch.setattr(labelling, "CHUNK", 2)
    job = LabelJob.objects.create(dataset=shop, teacher=openai, selection="all", cancel_requested=True)
    provider.will(*replies(6))
    job.run(label_dataset)
    job.refresh_from_db()
    assert (job.state, len(provider.seen)) == ("cancelled", 0)


def test_the_reasons_are_shown_in_words(shop, openai):
    job = LabelJob(dataset=shop, teacher=openai, unanswered={"busy": 1, "cut": 4, "budget": 0})
    assert [(str(reason), count) for reason, count in reasons_of(job.unanswered)] == [
        ("cut off at the length limit", 4),
        ("provider busy", 1),
    ]


# --- the command


def test_the_command_labels_with_the_recorded_teacher(shop, capsys):
    Turn.objects.filter(role="customer").update(text="退款多久到账")
    call_command("label", "shop", "--limit", "2", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["teacher"], said["labelled"], said["unanswered"], said["examples"]) == ("recorded", 2, {}, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no dataset"),
        (["shop", "--teacher", "nobody"], "There is no cloud version"),
        (["shop", "--examples", "501"], "from 0 to 500"),
        (["shop", "--limit", "0"], "from 1"),
    ],
)
def test_the_command_refuses_what_it_cannot_use(shop, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("label", *arguments)


def test_the_ledger_says_whom_each_prompt_is_about_and_whom_it_quotes(shop, openai, provider):
    provider.will(*replies(6))
    run(shop, openai, example_count=2)
    for label in Label.objects.select_related("cloud_call", "turn"):
        call, dialogue = label.cloud_call, label.turn.dialogue_id
        assert (call.dataset_id, call.dialogue_id, call.turn_id) == (shop.pk, dialogue, label.turn_id)
    quoted = Dialogue.objects.filter(content_hash__in=Quote.objects.values("origin"))
    assert quoted.count() == 2
    assert QuotedSet.objects.count() == 1  # the block of examples is the same in all six prompts
    assert CloudCall.objects.quoting(quoted[0].content_hash).count() == 6
