import threading
import time

import pytest

from ecc_site.core import presence
from serving import gateway, ledger, limits
from serving.limits import CircuitOpen, Limits, NoFreeSlot, NoLimits, RedisUnavailable, limits_of
from serving.models import CloudCall, CloudDay, Version
from serving.runtimes.protocol import CloudProblem, Message
from tests.serving.provider import PATIENT_S, chat, failing

PLAIN = [Message("customer", "可以退货吗？")]
BUSY, BLOCKED = CloudProblem("busy", "the server failed with 503"), CloudProblem("blocked", "safety")


@pytest.fixture
def model():
    return Limits(Version(kind="cloud", name="teacher", model="openai:teacher@http://h"))


@pytest.fixture
def no_redis(monkeypatch, free_port):
    from functools import cache

    import redis

    monkeypatch.setattr(presence, "connection", cache(lambda: redis.Redis(port=free_port, socket_connect_timeout=0.2)))


def impatient(seconds):
    raise TimeoutError(seconds)


# --- slots


def test_there_are_as_many_slots_as_the_setting_says(model, settings):
    settings.CLOUD_CONCURRENCY = 2
    with model.slot(impatient), model.slot(impatient), pytest.raises(TimeoutError), model.slot(impatient):
        pass
    with model.slot(impatient):
        pass


def test_a_slot_is_free_again_after_a_failure(model, settings):
    settings.CLOUD_CONCURRENCY = 1
    with pytest.raises(ZeroDivisionError), model.slot(impatient):
        raise ZeroDivisionError
    with model.slot(impatient):
        pass


def test_each_model_has_slots_of_its_own(model, settings):
    settings.CLOUD_CONCURRENCY = 1
    other = Limits(Version(kind="cloud", name="other", model="gemini:other"))
    with model.slot(impatient), other.slot(impatient):
        pass


def test_the_slot_of_a_dead_worker_is_free_when_its_lease_ends(model, settings, monkeypatch):
    settings.CLOUD_CONCURRENCY, settings.CLOUD_TIMEOUT_S = 1, 0
    monkeypatch.setattr(limits, "LEASE_MARGIN_S", 0.1)
    monkeypatch.setattr(Limits, "_release_slot", lambda self, call: None)
    with model.slot(impatient):
        pass
    with model.slot(time.sleep):
        pass


def test_who_waits_too_long_is_told_so(model, settings, monkeypatch):
    settings.CLOUD_CONCURRENCY = 1
    monkeypatch.setattr(limits, "LONGEST_WAIT_S", 1)
    waited = []
    with model.slot(impatient), pytest.raises(NoFreeSlot, match="CLOUD_CONCURRENCY"), model.slot(waited.append):
        pass
    assert 0 < sum(waited) <= 1


def test_never_more_inside_than_slots_when_many_come_at_once(model, settings):
    settings.CLOUD_CONCURRENCY, settings.CLOUD_REQUESTS_PER_MINUTE = 3, 0
    inside, most, all_slots = [], [], threading.Barrier(3)

    def come():
        with model.slot(lambda seconds: time.sleep(0.005)):
            inside.append(1)
            most.append(len(inside))
            all_slots.wait(60)
            inside.pop()

    threads = [threading.Thread(target=come) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (len(most), max(most)) == (12, 3)


def test_no_more_requests_a_minute_than_the_setting_says(model, settings):
    settings.CLOUD_REQUESTS_PER_MINUTE = 3
    for _ in range(3):
        with model.slot(impatient):
            pass
    with pytest.raises(TimeoutError) as waiting, model.slot(impatient):
        pass
    assert 0 < waiting.value.args[0] <= 60


def test_the_recorded_teacher_has_no_limits_and_needs_no_redis(no_redis):
    free = limits_of(Version(kind="cloud", name="recorded", model="recorded"))
    assert isinstance(free, NoLimits)
    free.check()
    with free.slot(impatient):
        free.failed(BUSY)
        free.succeeded()


# --- the circuit breaker


def test_failures_in_a_row_open_the_circuit_and_it_says_why(model):
    for _ in range(limits.FAILURES_IN_A_ROW):
        model.check()
        model.failed(BUSY)
    with pytest.raises(CircuitOpen, match=r"teacher failed 5 times in a row \(the server failed with 503\)") as opened:
        model.check()
    assert 0 < opened.value.seconds <= limits.OPEN_S


@pytest.mark.parametrize("sign_of_life", [lambda m: m.succeeded(), lambda m: m.failed(BLOCKED)])
def test_a_sign_of_life_lets_the_count_start_anew(model, sign_of_life):
    for _ in range(limits.FAILURES_IN_A_ROW - 1):
        model.failed(BUSY)
    sign_of_life(model)
    model.failed(BUSY)
    model.check()


def test_the_first_failure_after_it_was_open_opens_it_again(model):
    for _ in range(limits.FAILURES_IN_A_ROW):
        model.failed(BUSY)
    presence.connection().delete(f"{model.prefix}:open")
    model.check()
    model.failed(BUSY)
    with pytest.raises(CircuitOpen):
        model.check()


def test_a_crowd_of_our_own_is_no_failure_of_the_provider(model):
    for _ in range(limits.FAILURES_IN_A_ROW):
        model.failed(NoFreeSlot())
    model.check()


# --- in the gateway


@pytest.fixture
def ask(provider, settings, db, nothing_loaded):
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    version = Version.objects.create(kind="cloud", name="teacher", model=f"openai:teacher@{provider.url}/v1")
    return lambda **options: gateway.ask(
        version, PLAIN, purpose="label", may_leave=lambda: True, pause=lambda seconds: None, **options
    )


def test_while_the_circuit_is_open_nothing_leaves(ask, provider):
    provider.will(*[failing(401)] * limits.FAILURES_IN_A_ROW)
    for _ in range(limits.FAILURES_IN_A_ROW):
        with pytest.raises(CloudProblem):
            ask()
    calls = CloudDay.objects.get().calls
    with pytest.raises(CircuitOpen):
        ask()
    assert (len(provider.seen), CloudDay.objects.get().calls) == (limits.FAILURES_IN_A_ROW, calls)


def test_without_redis_nothing_leaves(ask, provider, no_redis):
    with pytest.raises(RedisUnavailable, match=r"Redis at .* failed \(ConnectionError\)"):
        ask()
    assert (provider.seen, CloudCall.objects.count(), CloudDay.objects.count()) == ([], 0, 0)


def test_a_reply_is_not_lost_because_redis_goes_away_behind_it(ask, provider, monkeypatch, no_redis):
    monkeypatch.setattr(Limits, "check", lambda self: None)
    monkeypatch.setattr(Limits, "_take_slot", lambda self, call: 0)
    provider.will(chat("好"))
    assert ask().reply.text == "好"


def test_the_same_prompt_is_answered_from_the_ledger_where_that_is_wanted(ask, provider):
    provider.will(chat("好", tokens_in=9, tokens_out=2), chat("又好"))
    first, again = ask(), ask(reuse=True)
    assert (again.reply.text, again.call) == ("好", first.call)
    assert (ask().reply.text, CloudCall.objects.count()) == ("又好", 2)


def test_a_reply_that_was_cut_is_marked_and_never_reused(ask, provider):
    provider.will(chat("前半", "length"), chat("完整"))
    assert ask(reuse=True).call.problem == ledger.CUT
    assert ask(reuse=True).reply.text == "完整"
