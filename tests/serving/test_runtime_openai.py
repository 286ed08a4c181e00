import json
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from serving.runtimes.openai import OpenAIRuntime
from serving.runtimes.protocol import CloudProblem, Decoding, Message, ModelUnavailable
from tests.serving.provider import (
    PATIENT_S,
    SILENT,
    SOON_S,
    Behaviour,
    chat,
    cut,
    dripping,
    failing,
    hanging_after,
    packed,
    wrong_json,
)

KEY = "sk-never-shown-0123456789"
CONVERSATION = [
    Message("system", "You work for a shop."),
    Message("customer", "快递到哪了？"),
    Message("agent", "请稍等。"),
    Message("customer", "还要多久？"),
]
ODD_MESSAGES = [
    '{"choices": [{"finish_reason": "stop", "message": {"content": 5}}]}',
    '{"choices": [{"finish_reason": "stop", "message": {"content": [{"type": "text", "text": 5}]}}]}',
    '{"choices": [{"finish_reason": "stop", "message": "好"}]}',
    '{"choices": [null]}',
    '{"choices": {"0": 1}}',
    '{"choices": "好"}',
    '{"choices": ' + "[" * 100_000,
    'data: {"choices": [{"delta": 5}]}',
    "data: nonsense",
    "null",
    '"好"',
    "{}",
    "[]",
    "<html>welcome</html>",
    '{"choices": [',
]
MISBEHAVIOURS = [
    pytest.param(failing(429), "busy", True, id="429"),
    pytest.param(failing(500), "busy", True, id="500"),
    pytest.param(failing(503), "busy", True, id="503"),
    pytest.param(failing(400), "refused", False, id="400"),
    pytest.param(failing(401), "refused", False, id="401"),
    pytest.param(failing(404), "refused", False, id="404"),
    pytest.param(SILENT, "timed_out", True, id="silent"),
    pytest.param(hanging_after(chat("好")), "timed_out", True, id="silent in the body"),
    pytest.param(cut(chat("好的")), "busy", True, id="cut"),
    pytest.param(chat("", "content_filter"), "blocked", False, id="filtered"),
    pytest.param(chat("前半", "content_filter"), "blocked", False, id="filtered half-way"),
    pytest.param(chat(""), "empty", False, id="no text"),
    pytest.param(chat(None), "empty", False, id="null"),
    pytest.param(chat(" \n"), "empty", False, id="blank"),
    pytest.param(chat(None, "length"), "empty", False, id="length without text"),
    pytest.param(Behaviour(b"\xff\xfe{"), "broken", True, id="no UTF-8"),
    pytest.param(chat("<think>想", "length"), "empty", False, id="thinking that was cut"),
    pytest.param(chat("<think>想</think>\n", "length"), "empty", False, id="nothing after thinking"),
    pytest.param(Behaviour(b"x" * (5 * 2**20)), "broken", True, id="five megabytes"),
    pytest.param(packed(chat("好")), "broken", True, id="compressed"),
    pytest.param(dripping(chat("好")), "timed_out", True, id="a byte at a time"),
    pytest.param(dripping(failing(400)), "timed_out", True, id="an error a byte at a time"),
    *[pytest.param(wrong_json(text), "broken", True, id=text[:60]) for text in ODD_MESSAGES],
]


@pytest.fixture
def runtime(provider):
    return OpenAIRuntime("teacher-1", provider.url + "/v1", KEY, timeout_s=PATIENT_S)


@pytest.fixture
def impatient(provider):
    """For servers that are silent."""
    return OpenAIRuntime("teacher-1", provider.url + "/v1", KEY, timeout_s=1)


def problem_of(ask):
    with pytest.raises(CloudProblem) as caught:
        ask()
    return caught.value


def test_the_reply_has_text_tokens_and_a_reason_why_it_ended(provider, runtime):
    provider.will(chat("  后天送达。\n", tokens_in=31, tokens_out=9))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.tokens_in, reply.tokens_out, reply.finish_reason) == ("后天送达。", 31, 9, "stop")
    assert 0 < reply.latency_ms < 1000 * SOON_S


def test_a_reply_cut_by_its_length_is_kept_and_says_so(provider, runtime):
    provider.will(chat("后天", "length"))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.finish_reason) == ("后天", "length")


@pytest.mark.parametrize("usage", ["null", "{}", '{"prompt_tokens": null, "completion_tokens": null}'])
def test_a_server_that_counts_no_tokens_counts_as_zero(provider, runtime, usage):
    choices = '[{"message": {"content": "好"}, "finish_reason": "stop"}]'
    provider.will(wrong_json(f'{{"choices": {choices}, "usage": {usage}}}'))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("好", 0, 0)


@pytest.mark.parametrize("usage", ['"many"', "[1]", '{"prompt_tokens": -3, "completion_tokens": "7"}', "true"])
def test_a_usage_that_is_none_is_not_known(provider, runtime, usage):
    choices = '[{"message": {"content": "好"}, "finish_reason": "stop"}]'
    provider.will(wrong_json(f'{{"choices": {choices}, "usage": {usage}}}'))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("好", 0, 0)


@pytest.mark.parametrize(
    "written",
    ["<think>顾客问物流\n</think>\n\n后天", "顾客问物流</think>后天", "<thinking>想</thinking>后天", "后天"],
)
def test_leading_thinking_is_no_part_of_the_reply(provider, runtime, written):
    provider.will(chat(written))
    assert runtime.reply(CONVERSATION).text == "后天"


def test_text_in_parts_and_odd_characters_are_read(provider, runtime):
    content = r'[{"type": "text", "text": "后\ud800天"}, {"type": "image"}, {"type": "text", "text": "\u0000到"}]'
    provider.will(wrong_json(f'{{"choices": [{{"message": {{"content": {content}}}, "finish_reason": "stop"}}]}}'))
    assert runtime.reply(CONVERSATION).text == "后\ufffd天到"


def test_a_server_that_streams_unasked_is_read(provider, runtime):
    events = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "后"}}]},
        {"choices": [{"index": 0, "delta": {"content": "天"}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}},
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    provider.will(Behaviour(body.encode(), content_type="text/event-stream"))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.finish_reason, reply.tokens_in, reply.tokens_out) == ("后天", "stop", 9, 2)


def test_what_servers_refuse_in_a_conversation_is_put_right(provider, runtime):
    provider.will(chat("好"))
    runtime.reply(
        [
            Message("agent", "您好，欢迎光临"),
            Message("customer", "在吗"),
            Message("system", "Be brief."),
            Message("agent", "  "),
            Message("customer", "这个颜色还有吗"),
            Message("system", "Be kind."),
        ]
    )
    assert provider.seen[0].body["messages"] == [
        {"role": "system", "content": "Be brief.\nBe kind."},
        {"role": "user", "content": "在吗\n这个颜色还有吗"},
    ]


def test_options_that_a_server_will_not_have_are_left_out_from_then_on(provider, runtime):
    said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    provider.will(
        failing(400, {"error": {"message": said}}),
        failing(400, {"error": {"message": "'temperature' does not support 0 with this model."}}),
        chat("好"),
        chat("行"),
    )
    assert [runtime.reply(CONVERSATION, Decoding(max_new_tokens=9)).text for _ in range(2)] == ["好", "行"]
    options = [sorted(set(request.body) - {"messages", "model"}) for request in provider.seen]
    assert options == [
        ["max_tokens", "temperature", "top_p"],
        ["max_completion_tokens", "temperature", "top_p"],
        ["max_completion_tokens"],
        ["max_completion_tokens"],
    ]


def test_a_server_that_refuses_the_same_option_again_is_asked_no_third_time(provider, runtime):
    provider.will(*[failing(400, {"error": {"message": "max_tokens is not supported"}})] * 3)
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome == "refused"
    assert len(provider.seen) == 2


def test_a_refusal_that_only_mentions_an_option_changes_nothing(provider, runtime):
    provider.will(failing(400, {"error": {"message": "the temperature of the server is too high"}}), chat("好"))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome == "refused"
    runtime.reply(CONVERSATION)
    assert provider.seen[1].body["temperature"] == 0


@pytest.mark.parametrize(
    "body", ['{"error": {"message": "model not loaded"}}', 'data: {"error": "model not loaded"}\n\ndata: [DONE]\n\n']
)
def test_an_error_with_status_200_is_one_with_its_words(provider, runtime, body):
    provider.will(wrong_json(body))
    problem = problem_of(lambda: runtime.reply(CONVERSATION))
    assert (problem.outcome, str(problem)) == ("refused", "the server reported an error: model not loaded")


def test_what_no_library_reads_is_broken(provider, runtime):
    provider.will(Behaviour(b"{}", 400, content_type="application/json; charset=hex"))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome in ("broken", "refused")


def test_the_providers_words_are_shown_short_redacted_and_without_the_key(provider, runtime):
    said = f"No such model for {KEY}, call 13800138000. " + "x" * 1000
    provider.will(failing(404, {"error": {"message": said}}))
    problem = problem_of(lambda: runtime.reply(CONVERSATION))
    assert "No such model for [KEY], call [PHONE_1]." in str(problem)
    assert len(str(problem)) < 400
    assert problem.for_good


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_every_question_would_meet_is_a_problem_for_good(provider, runtime, status):
    provider.will(failing(status), failing(429, {"error": {"code": "insufficient_quota", "message": "pay"}}))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).for_good
    spent = problem_of(lambda: runtime.reply(CONVERSATION))
    assert (spent.for_good, spent.may_pass, str(spent)) == (True, False, "the quota is used up: pay")


@pytest.mark.parametrize(
    ("path", "mend"), [("/v1/chat/completions", "end before /chat/completions"), ("", "ends in /v1"), ("/v1", "")]
)
def test_a_wrong_address_gets_its_likely_mend(provider, path, mend):
    provider.will(failing(404))
    said = str(problem_of(lambda: OpenAIRuntime("m", provider.url + path, KEY).reply(CONVERSATION)))
    assert mend in said
    assert ("(" in said) is bool(mend)


def test_a_key_with_other_characters_is_refused_at_once():
    with pytest.raises(ModelUnavailable, match=r"OPENAI_API_KEY.*ASCII"):
        OpenAIRuntime("m", "http://127.0.0.1:1/v1", "sk-123（测试）")


def test_proxies_that_cannot_be_used_are_named(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:1")
    with pytest.raises(ModelUnavailable, match="ALL_PROXY"):
        OpenAIRuntime("m", "http://192.0.2.1/v1", KEY)


def test_this_machine_needs_no_proxy(provider, monkeypatch, free_port):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    provider.will(chat("好"))
    assert OpenAIRuntime("m", provider.url + "/v1", by_proxy=False).reply(CONVERSATION).text == "好"


def test_roles_become_those_of_the_protocol_and_the_order_is_kept(provider, runtime):
    provider.will(chat("好"))
    runtime.reply(CONVERSATION)
    assert provider.seen[0].path == "/v1/chat/completions"
    assert provider.seen[0].body["model"] == "teacher-1"
    assert provider.seen[0].body["messages"] == [
        {"role": "system", "content": "You work for a shop."},
        {"role": "user", "content": "快递到哪了？"},
        {"role": "assistant", "content": "请稍等。"},
        {"role": "user", "content": "还要多久？"},
    ]


def test_the_decoding_is_passed_on(provider, runtime):
    provider.will(chat("好"))
    runtime.reply(CONVERSATION, Decoding(max_new_tokens=77, temperature=0.6, top_p=0.8))
    sent = provider.seen[0].body
    assert (sent["max_tokens"], sent["temperature"], sent["top_p"]) == (77, 0.6, 0.8)


@pytest.mark.parametrize(("behaviour", "outcome", "may_pass"), MISBEHAVIOURS)
def test_a_misbehaviour_is_named_after_one_request_and_in_time(
    provider, runtime, impatient, behaviour, outcome, may_pass
):
    provider.will(behaviour, chat("a second request was made"))
    started = time.monotonic()
    asked = impatient if outcome == "timed_out" else runtime
    problem = problem_of(lambda: asked.reply(CONVERSATION))
    assert (problem.outcome, problem.may_pass) == (outcome, may_pass)
    assert len(provider.seen) == 1
    assert time.monotonic() - started < SOON_S


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("Wed, 21 Oct 2015 07:28:00 GMT", None)])
def test_the_wish_to_wait_is_read_from_the_header(provider, runtime, status, header, seconds):
    provider.will(failing(status, Retry_After=header))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).retry_after_s == seconds


def test_the_wish_to_wait_may_be_a_date(provider, runtime):
    provider.will(failing(429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)))
    assert 500 < problem_of(lambda: runtime.reply(CONVERSATION)).retry_after_s <= 600


def test_a_failure_without_a_wish_has_none(provider, runtime):
    provider.will(failing(429))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).retry_after_s is None


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_takes_nothing_to_another_address(provider, runtime, status):
    provider.will(Behaviour(status=status, headers={"Location": "/elsewhere"}), chat("from elsewhere"))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome == "refused"
    assert [request.path for request in provider.seen] == ["/v1/chat/completions"]


def test_a_server_that_is_not_there_may_come_back(free_port):
    problem = problem_of(lambda: OpenAIRuntime("m", f"http://127.0.0.1:{free_port}/v1", KEY, 1).reply(CONVERSATION))
    assert (problem.outcome, problem.may_pass) == ("busy", True)


def test_the_key_is_in_its_header_and_nowhere_else(provider, runtime):
    provider.will(chat("好"))
    runtime.reply(CONVERSATION)
    seen = provider.seen[0]
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    others = [value for name, value in seen.headers.items() if name != "authorization"]
    assert KEY not in " ".join([seen.path, seen.raw, *others])


@pytest.mark.parametrize(
    "behaviour", [failing(401), failing(500), SILENT, wrong_json()], ids=["401", "500", "silent", "no JSON"]
)
def test_no_failure_prints_the_key(provider, runtime, impatient, behaviour):
    provider.will(behaviour)
    asked = impatient if behaviour is SILENT else runtime
    problem = problem_of(lambda: asked.reply(CONVERSATION))
    printed = "".join(traceback.format_exception(problem))
    assert type(problem).__name__ in printed
    assert KEY not in printed


def test_a_server_without_keys_is_asked_all_the_same(provider):
    provider.will(chat("好"))
    assert OpenAIRuntime("m", provider.url + "/v1").reply(CONVERSATION).text == "好"


def test_a_batch_keeps_the_order_and_stops_at_the_first_failure(provider, runtime):
    provider.will(chat("一"), chat("二"), failing(400), chat("四"))
    replies = runtime.reply_batch([CONVERSATION, CONVERSATION[:2]])
    assert [reply.text for reply in replies] == ["一", "二"]
    assert [len(request.body["messages"]) for request in provider.seen] == [4, 2]
    assert problem_of(lambda: runtime.reply_batch([CONVERSATION, CONVERSATION])).outcome == "refused"
    assert len(provider.seen) == 3
