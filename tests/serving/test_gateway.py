import hashlib
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from serving import gateway, ledger
from serving.budget import BudgetSpent
from serving.gateway import ATTEMPTS, LONGEST_PAUSE_S
from serving.models import CloudCall, CloudDay, Version
from serving.question import NeverLeaves
from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, ModelUnavailable
from serving.tasks import close_orphaned_calls
from tests.serving.provider import PATIENT_S, SILENT, chat, cut, failing, generated, too_many_for_gemini, wrong_json

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("nothing_loaded")]

PHONE, EMAIL = "13800138000", "li.lei@example.com"
PERSONAL = [
    Message("system", "你是店里的客服。"),
    Message("customer", f"我的手机是{PHONE}，打给我"),
    Message("agent", f"好的，{PHONE}，还有邮箱吗？"),
    Message("customer", f"{EMAIL}，谢谢"),
]
PLAIN = [Message("customer", "可以退货吗？")]


@pytest.fixture(autouse=True)
def settings_of_the_cloud(settings):
    settings.OPENAI_API_KEY = "sk-never-stored"
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    settings.CLOUD_TOKENS_PER_DAY = 10_000


def anything():
    return True


@pytest.fixture
def version(provider):
    return cloud_version(f"openai:teacher@{provider.url}/v1")


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def ask(version, pauses):
    def asked(messages=PLAIN, may_leave=anything, **options):
        return gateway.ask(version, messages, purpose="reference", may_leave=may_leave, pause=pauses.append, **options)

    return asked


def cloud_version(model):
    return Version.objects.create(kind="cloud", name=model[:30], model=model)


def problem_of(ask, *arguments):
    with pytest.raises(CloudProblem) as caught:
        ask(*arguments)
    return caught.value


def only_call():
    return CloudCall.objects.get()


def spent():
    day = CloudDay.objects.filter(day=timezone.localdate()).first()
    return (day.tokens, day.calls) if day else (0, 0)


# --- what leaves, and what comes back


def test_what_leaves_is_redacted_and_what_comes_back_is_restored(provider, ask):
    provider.will(chat("我们会打[PHONE_1]，并写信到 [EMAIL_1]。"))
    answer = ask(PERSONAL)
    assert PHONE not in provider.seen[0].raw
    assert EMAIL not in provider.seen[0].raw
    assert [message["content"] for message in provider.seen[0].body["messages"]] == [
        "你是店里的客服。",
        "我的手机是[PHONE_1]，打给我",
        "好的，[PHONE_1]，还有邮箱吗？",
        "[EMAIL_1]，谢谢",
    ]
    assert answer.reply.text == f"我们会打{PHONE}，并写信到 {EMAIL}。"


def test_what_leaves_for_gemini_is_redacted_too(provider, settings):
    settings.GEMINI_API_KEY, settings.GEMINI_ENDPOINT = "AIza-never-stored", provider.url
    provider.will(too_many_for_gemini("2s"), generated("打[PHONE_1]"))
    pauses = []
    answer = gateway.ask(
        cloud_version("gemini:teacher"), PERSONAL, purpose="reference", may_leave=anything, pause=pauses.append
    )
    assert all(PHONE not in request.raw for request in provider.seen)
    assert answer.reply.text == f"打{PHONE}"
    assert 2 <= pauses[0] <= 2.5


def test_the_ledger_holds_the_redacted_text_only(provider, ask):
    provider.will(chat("打[PHONE_1]", tokens_in=40, tokens_out=6))
    answer = ask(PERSONAL)
    call = only_call()
    assert call == answer.call
    assert call.messages[1] == {"role": "customer", "text": "我的手机是[PHONE_1]，打给我"}
    assert (call.reply, call.redactions, call.purpose) == ("打[PHONE_1]", 3, "reference")
    assert (call.outcome, call.problem, call.attempts) == ("answered", "", 1)
    assert (call.tokens_in, call.tokens_out) == (40, 6)
    assert 0 <= call.latency_ms < 5000
    row = json.dumps(CloudCall.objects.values().get(), default=str, ensure_ascii=False)
    assert not [secret for secret in (PHONE, EMAIL, "sk-never-stored") if secret in row]


def test_the_same_question_has_the_same_hash_and_another_one_another(provider, ask):
    provider.will(chat("a"), chat("b"), chat("c"))
    first, second, third = ask(PLAIN).call, ask(PLAIN).call, ask([Message("customer", "别的")]).call
    said = json.dumps([{"role": "customer", "text": "可以退货吗？"}], ensure_ascii=False)
    assert first.prompt_hash == second.prompt_hash == hashlib.sha256(said.encode()).hexdigest()
    assert third.prompt_hash != first.prompt_hash


def test_the_decoding_is_handed_down(provider, ask):
    provider.will(chat("好"))
    ask(decoding=Decoding(max_new_tokens=33))
    assert provider.seen[0].body["max_tokens"] == 33


# --- asking again


def test_it_asks_again_with_growing_pauses_until_there_is_a_reply(provider, ask, pauses):
    provider.will(failing(503), failing(429), failing(500), chat("好"))
    assert ask().reply.text == "好"
    assert (only_call().outcome, only_call().attempts) == ("answered", 4)
    assert [low <= pause <= 1.25 * low for low, pause in zip([1, 2, 4], pauses, strict=True)] == [True] * 3


def test_every_attempt_sends_the_same_redacted_text(provider, ask):
    provider.will(failing(503), chat("好"))
    ask(PERSONAL)
    assert provider.seen[0].raw == provider.seen[1].raw


def test_it_gives_up_after_its_last_attempt_without_another_pause(provider, ask, pauses):
    provider.will(*[failing(503)] * (ATTEMPTS + 1))
    assert problem_of(ask).outcome == "busy"
    assert (len(provider.seen), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)
    call = only_call()
    assert (call.outcome, call.attempts, call.problem) == (
        "busy",
        ATTEMPTS,
        "the server failed with 503: the provider's own words",
    )
    assert (call.reply, call.latency_ms) == ("", None)


def test_a_provider_that_stays_silent_is_asked_again(provider, ask, pauses, settings):
    settings.CLOUD_TIMEOUT_S = 1
    provider.will(SILENT, chat("好"))
    assert ask().reply.text == "好"
    assert (only_call().attempts, len(pauses)) == (2, 1)


@pytest.mark.parametrize("wish", ["9", "60"])
def test_the_providers_wish_is_honoured(provider, ask, pauses, wish):
    provider.will(failing(429, Retry_After=wish), chat("好"))
    ask()
    assert [float(wish) <= pause <= 1.25 * float(wish) for pause in pauses] == [True]


@pytest.mark.parametrize("wish", ["-5", "nan", "0", "later"])
def test_a_wish_that_is_no_time_to_come_counts_as_none(provider, ask, pauses, wish):
    provider.will(failing(429, Retry_After=wish), chat("好"))
    assert ask().reply.text == "好"
    assert [1 <= pause <= 1.25 for pause in pauses] == [True]


def test_it_does_not_wait_longer_than_the_longest_pause(provider, ask, pauses):
    provider.will(failing(429, Retry_After="600"), chat("好"))
    assert ask().reply.text == "好"
    assert [LONGEST_PAUSE_S <= pause <= 1.25 * LONGEST_PAUSE_S for pause in pauses] == [True]


@pytest.mark.parametrize("wish", ["86400", "inf"])
def test_for_a_provider_that_will_be_away_for_hours_it_does_not_wait(provider, ask, pauses, wish):
    provider.will(failing(429, Retry_After=wish), chat("好"))
    assert problem_of(ask).outcome == "busy"
    assert (len(provider.seen), pauses) == (1, [])
    assert (only_call().outcome, only_call().attempts) == ("busy", 1)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [(chat("", "content_filter"), "blocked"), (failing(401), "refused"), (chat(""), "empty")],
    ids=["blocked", "refused", "empty"],
)
def test_what_asking_again_cannot_help_is_asked_once(provider, ask, pauses, behaviour, outcome):
    provider.will(behaviour, chat("好"))
    assert problem_of(ask).outcome == outcome
    assert (len(provider.seen), pauses) == (1, [])
    assert (only_call().outcome, only_call().attempts) == (outcome, 1)


# --- what never leaves


def test_a_dialogue_that_never_leaves_does_not(provider, ask):
    with pytest.raises(NeverLeaves, match="never leaves"):
        ask(may_leave=lambda: False)
    assert (provider.seen, CloudCall.objects.count(), spent()) == ([], 0, (0, 0))


def test_a_dialogue_that_is_marked_between_two_attempts_does_not_leave_again(provider, ask, pauses):
    provider.will(failing(503), chat("好"))
    with pytest.raises(NeverLeaves):
        ask(may_leave=lambda: not pauses)
    assert len(provider.seen) == 1
    call = only_call()
    assert (call.outcome, call.attempts) == ("broken", 2)
    assert "never leaves" in call.problem


def test_where_the_budget_is_spent_nothing_leaves(provider, ask, settings):
    settings.CLOUD_TOKENS_PER_DAY = 50
    with pytest.raises(BudgetSpent, match="CLOUD_TOKENS_PER_DAY"):
        ask(decoding=Decoding(max_new_tokens=50))
    assert (provider.seen, CloudCall.objects.count(), spent()) == ([], 0, (0, 0))


def test_a_model_that_cannot_be_used_costs_nothing(provider):
    with pytest.raises(ModelUnavailable):
        gateway.ask(cloud_version("openai:no-address"), PLAIN, purpose="reference", may_leave=anything)
    assert (CloudCall.objects.count(), spent()) == (0, (0, 0))


# --- the budget


def test_after_a_reply_the_budget_holds_what_was_used(provider, ask):
    provider.will(chat("好", tokens_in=40, tokens_out=6), chat("好", tokens_in=1, tokens_out=2))
    ask()
    assert spent() == (46, 1)
    ask()
    assert spent() == (49, 2)


@pytest.mark.parametrize("behaviour", [failing(400), failing(429, Retry_After="3600")], ids=["refused", "busy"])
def test_what_the_provider_did_not_do_costs_nothing(provider, ask, behaviour):
    provider.will(behaviour)
    problem_of(ask)
    assert spent() == (0, 1)


def test_a_blocked_reply_costs_what_the_provider_reports(provider, ask):
    provider.will(chat("", "content_filter", tokens_in=40, tokens_out=6))
    problem_of(ask)
    assert spent() == (46, 1)


@pytest.mark.parametrize("behaviour", [chat("好", tokens_in=0, tokens_out=0), wrong_json()], ids=["no usage", "broken"])
def test_where_nothing_is_reported_what_was_reserved_stays_booked(provider, ask, behaviour):
    provider.will(behaviour)
    with suppress(CloudProblem):
        ask(decoding=Decoding(max_new_tokens=100))
    assert spent() == (len(PLAIN[0].text) + 100, 1)


def test_a_figure_that_cannot_be_is_cut_and_said(provider, ask):
    provider.will(chat("好", tokens_in=10**12, tokens_out=7))
    assert ask().reply.text == "好"
    call = only_call()
    assert call.tokens_in < 1000
    assert "1,000,000,000,000 + 7 tokens, which cannot be" in call.problem
    assert spent() == (call.tokens_in + 7, 1)


def test_every_attempt_is_reserved_before_it_is_made(provider, ask, settings):
    settings.CLOUD_TOKENS_PER_DAY = 250
    provider.will(*[wrong_json()] * 4)
    with pytest.raises(BudgetSpent):
        ask(decoding=Decoding(max_new_tokens=100))
    assert len(provider.seen) == 2
    assert spent() == (2 * (len(PLAIN[0].text) + 100), 1)
    assert "CLOUD_TOKENS_PER_DAY" in only_call().problem


def test_a_reply_that_breaks_off_is_paid_for(provider, ask):
    provider.will(*[cut(chat("好的呀"))] * 4)
    problem_of(ask)
    assert spent() == (4 * (len(PLAIN[0].text) + EVALUATION.max_new_tokens), 1)


def test_a_call_whose_worker_died_is_closed_and_says_so(provider, ask, monkeypatch):
    def die(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(gateway, "checked", die)
    provider.will(chat("好"))
    with pytest.raises(KeyboardInterrupt):
        ask()
    assert (only_call().outcome, only_call().attempts) == ("sent", 1)
    close_orphaned_calls()
    assert only_call().outcome == "sent"  # it may still be under way
    long_ago = timezone.now() - timedelta(seconds=gateway.longest_call_s() + 1)
    CloudCall.objects.update(created_at=long_ago)
    close_orphaned_calls()
    assert (only_call().outcome, only_call().problem) == ("broken", ledger.ORPHANED)


def test_a_prompt_that_the_server_cut_to_its_window_gives_no_reply(provider, ask):
    provider.will(chat("好", tokens_in=728))
    problem = problem_of(ask, [Message("system", "请像店里的客服一样回答。" * 500), *PLAIN])
    assert problem.outcome == "refused"
    assert "read 728 tokens of a prompt of 6,0" in str(problem)


def test_while_it_asks_the_budget_holds_the_estimate(provider, version):
    provider.will(failing(503), chat("好", tokens_in=3, tokens_out=4))
    seen = []
    gateway.ask(
        version,
        PLAIN,
        purpose="p",
        may_leave=anything,
        decoding=Decoding(max_new_tokens=100),
        pause=lambda _: seen.append(spent()),
    )
    assert seen == [(len(PLAIN[0].text) + 100, 1)]
    assert spent() == (7, 1)


def test_the_call_is_in_the_ledger_before_anything_leaves(provider, version):
    provider.will(failing(503), chat("好"))
    seen = []
    gateway.ask(
        version,
        PERSONAL,
        purpose="p",
        may_leave=anything,
        pause=lambda _: seen.append(only_call().outcome),
    )
    assert seen == ["sent"]


# --- what nobody expects


class Surprising:
    def reply(self, messages, decoding):
        raise ZeroDivisionError(f"about {PHONE}")


def test_an_unknown_exception_is_recorded_as_broken_and_raised_again(ask, monkeypatch):
    monkeypatch.setattr(gateway, "runtime_for", lambda version: Surprising())
    with pytest.raises(ZeroDivisionError):
        ask()
    call = only_call()
    assert (call.outcome, call.problem, call.attempts) == ("broken", "ZeroDivisionError", 1)
    assert spent() == (len(PLAIN[0].text) + EVALUATION.max_new_tokens, 1)


def test_a_ledger_that_cannot_be_written_keeps_nothing_reserved_and_lets_nothing_leave(provider, ask, monkeypatch):
    def full(*arguments, **options):
        raise OSError("disk full")

    monkeypatch.setattr(ledger, "open_call", full)
    with pytest.raises(OSError, match="disk full"):
        ask()
    assert (provider.seen, spent()) == ([], (0, 1))
