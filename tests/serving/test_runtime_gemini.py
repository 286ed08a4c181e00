import time
import traceback

import pytest

from serving.runtimes.gemini import GeminiRuntime
from serving.runtimes.google_genai import GoogleGenAIRuntime
from serving.runtimes.protocol import CloudProblem, Decoding, Message
from tests.serving.provider import (
    PATIENT_S,
    SILENT,
    SOON_S,
    Behaviour,
    cut,
    dripping,
    failing,
    generated,
    hanging_after,
    packed,
    prompt_blocked,
    too_many_for_gemini,
    wrong_json,
)

KEY = "AIza-never-shown-0123456789"
CONVERSATION = [
    Message("system", "You work for a shop."),
    Message("system", "Be brief."),
    Message("customer", "快递到哪了？"),
    Message("agent", "请稍等。"),
    Message("customer", "还要多久？"),
]
ODD_MESSAGES = ['{"candidates": [', "<html>welcome</html>", "{}", "[]", '{"candidates": [{"content": {"parts": "x"}}]}']
BLOCKING = ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")
MISBEHAVIOURS = [
    pytest.param(too_many_for_gemini("3s"), "busy", True, id="429"),
    pytest.param(failing(500), "busy", True, id="500"),
    pytest.param(failing(503), "busy", True, id="503"),
    pytest.param(Behaviour(b"<html>bad gateway</html>", 502, content_type="text/html"), "busy", True, id="502"),
    pytest.param(failing(504), "timed_out", True, id="504"),
    pytest.param(failing(400), "refused", False, id="400"),
    pytest.param(failing(403), "refused", False, id="403"),
    pytest.param(failing(404), "refused", False, id="404"),
    pytest.param(SILENT, "timed_out", True, id="silent"),
    pytest.param(hanging_after(generated("好")), "timed_out", True, id="silent in the body"),
    pytest.param(cut(generated("好的")), "broken", True, id="cut"),
    pytest.param(prompt_blocked(), "blocked", False, id="prompt blocked"),
    pytest.param(Behaviour(b"x" * (5 * 2**20)), "broken", True, id="five megabytes"),
    pytest.param(packed(Behaviour(b"x" * (5 * 2**20))), "broken", True, id="packed"),
    pytest.param(generated("<think>想", finish="MAX_TOKENS"), "empty", False, id="thinking that was cut"),
    pytest.param(generated(), "empty", False, id="no parts"),
    pytest.param(generated(""), "empty", False, id="an empty part"),
    pytest.param(generated(" ", "\n"), "empty", False, id="blank parts"),
    pytest.param(generated(finish="MAX_TOKENS"), "empty", False, id="MAX_TOKENS without text"),
    pytest.param(generated(finish="OTHER"), "empty", False, id="OTHER"),
    *[pytest.param(generated(finish=reason), "blocked", False, id=reason) for reason in BLOCKING],
    *[pytest.param(wrong_json(text), "broken", True, id=text[:16]) for text in ODD_MESSAGES],
]


@pytest.fixture(params=[GeminiRuntime, GoogleGenAIRuntime], ids=["google-generativeai", "google-genai"])
def open_runtime(request):
    return request.param


@pytest.fixture
def runtime(provider, open_runtime):
    return open_runtime("teacher-1", KEY, provider.url, timeout_s=PATIENT_S)


@pytest.fixture
def impatient(provider, open_runtime):
    """For servers that are silent."""
    return open_runtime("teacher-1", KEY, provider.url, timeout_s=1)


def problem_of(ask):
    with pytest.raises(CloudProblem) as caught:
        ask()
    return caught.value


def test_the_reply_has_text_tokens_and_a_reason_why_it_ended(provider, runtime):
    provider.will(generated(" 后天", "送达。\n", usage=(31, 9)))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.tokens_in, reply.tokens_out, reply.finish_reason) == ("后天送达。", 31, 9, "stop")
    assert 0 < reply.latency_ms < 1000 * SOON_S


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_key_nor_words_to_another_address(provider, runtime, status):
    elsewhere = provider.url.replace("127.0.0.1", "localhost")
    provider.will(Behaviour(status=status, headers={"Location": f"{elsewhere}/other"}), generated("from elsewhere"))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome in ("broken", "refused")
    assert len(provider.seen) == 1


@pytest.mark.parametrize("status", [400, 404, 418, 429, 500, 503])
@pytest.mark.parametrize(
    "body", ['{"error": "overloaded"}', '{"error": ["x"]}', '{"error": null}', '{"error": 5}', "[]", '["x"]', "null"]
)
def test_an_error_of_any_form_is_a_problem(provider, runtime, status, body):
    provider.will(Behaviour(body.encode(), status))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome in ("broken", "refused", "busy")


def test_a_reason_for_blocking_that_nobody_knows_is_a_problem_too(provider, runtime):
    provider.will(wrong_json('{"promptFeedback": {"blockReason": 99}}'))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome in ("broken", "blocked")


def test_a_body_that_drips_ends_in_time(provider, impatient):
    provider.will(dripping(generated("好")))
    started = time.monotonic()
    assert problem_of(lambda: impatient.reply(CONVERSATION)).may_pass
    assert time.monotonic() - started < SOON_S


def test_a_reply_cut_by_its_length_is_kept_and_says_so(provider, runtime):
    provider.will(generated("后天", finish="MAX_TOKENS"))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.finish_reason) == ("后天", "length")


def test_text_that_stands_beside_a_safety_stop_is_not_used(provider, runtime):
    provider.will(generated("前半", finish="SAFETY"))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).outcome == "blocked"


def test_a_server_that_counts_no_tokens_counts_as_zero(provider, runtime):
    provider.will(generated("好", usage=None))
    reply = runtime.reply(CONVERSATION)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("好", 0, 0)


def test_fields_that_the_package_does_not_know_do_no_harm(provider, runtime):
    provider.will(generated("好", newField=1, safetyRatings=[]))
    assert runtime.reply(CONVERSATION).text == "好"


def test_roles_become_those_of_gemini_and_the_order_is_kept(provider, runtime):
    provider.will(generated("好"))
    runtime.reply(CONVERSATION)
    assert provider.seen[0].path.split("?")[0] == "/v1beta/models/teacher-1:generateContent"
    assert provider.seen[0].body["contents"] == [
        {"role": "user", "parts": [{"text": "快递到哪了？"}]},
        {"role": "model", "parts": [{"text": "请稍等。"}]},
        {"role": "user", "parts": [{"text": "还要多久？"}]},
    ]


def test_what_the_system_says_is_the_system_instruction(provider, runtime):
    provider.will(generated("好"), generated("好"))
    runtime.reply(CONVERSATION)
    assert provider.seen[0].body["systemInstruction"]["parts"] == [{"text": "You work for a shop.\nBe brief."}]
    runtime.reply(CONVERSATION[2:])
    assert "systemInstruction" not in provider.seen[1].body


def test_the_decoding_is_passed_on(provider, runtime):
    provider.will(generated("好"))
    runtime.reply(CONVERSATION, Decoding(max_new_tokens=77, temperature=0.5, top_p=0.75))
    sent = provider.seen[0].body["generationConfig"]
    assert sent == {"maxOutputTokens": 77, "temperature": 0.5, "topP": 0.75}


def test_greedy_is_said_and_not_left_to_the_providers_default(provider, runtime):
    provider.will(generated("好"))
    runtime.reply(CONVERSATION)
    assert provider.seen[0].body["generationConfig"]["temperature"] == 0


@pytest.mark.parametrize(("behaviour", "outcome", "may_pass"), MISBEHAVIOURS)
def test_a_misbehaviour_is_named_after_one_request_and_in_time(
    provider, runtime, impatient, behaviour, outcome, may_pass
):
    provider.will(behaviour, generated("a second request was made"))
    started = time.monotonic()
    asked = impatient if outcome == "timed_out" else runtime
    problem = problem_of(lambda: asked.reply(CONVERSATION))
    assert (problem.outcome, problem.may_pass) == (outcome, may_pass)
    assert len(provider.seen) == 1
    assert time.monotonic() - started < SOON_S


@pytest.mark.parametrize(("written", "seconds"), [("30s", 30.0), ("1.5s", 1.5), ("0s", 0.0), ("soon", None)])
def test_the_wish_to_wait_is_read_from_the_detail_of_the_error(provider, runtime, written, seconds):
    provider.will(too_many_for_gemini(written))
    assert problem_of(lambda: runtime.reply(CONVERSATION)).retry_after_s == seconds


def test_a_failure_without_a_wish_has_none(provider, runtime):
    provider.will(too_many_for_gemini())
    assert problem_of(lambda: runtime.reply(CONVERSATION)).retry_after_s is None


def test_a_block_says_in_words_why(provider, runtime):
    provider.will(prompt_blocked("PROHIBITED_CONTENT"), generated(finish="RECITATION"))
    assert str(problem_of(lambda: runtime.reply(CONVERSATION))) == "the prompt was blocked: prohibited_content"
    assert str(problem_of(lambda: runtime.reply(CONVERSATION))) == "the reply was blocked: recitation"


def test_a_server_that_is_not_there_may_come_back(free_port, open_runtime):
    problem = problem_of(lambda: open_runtime("m", KEY, f"http://127.0.0.1:{free_port}", 1).reply(CONVERSATION))
    assert (problem.outcome, problem.may_pass) == ("busy", True)


def test_the_key_is_in_its_header_and_nowhere_else(provider, runtime):
    provider.will(generated("好"))
    runtime.reply(CONVERSATION)
    seen = provider.seen[0]
    assert seen.headers["x-goog-api-key"] == KEY
    others = [value for name, value in seen.headers.items() if name != "x-goog-api-key"]
    assert KEY not in " ".join([seen.path, seen.raw, *others])


@pytest.mark.parametrize(
    "behaviour", [failing(403), failing(500), SILENT, wrong_json()], ids=["403", "500", "silent", "no JSON"]
)
def test_no_failure_prints_the_key(provider, runtime, impatient, behaviour):
    provider.will(behaviour)
    asked = impatient if behaviour is SILENT else runtime
    problem = problem_of(lambda: asked.reply(CONVERSATION))
    printed = "".join(traceback.format_exception(problem))
    assert type(problem).__name__ in printed
    assert KEY not in printed


def test_a_batch_keeps_the_order(provider, runtime):
    provider.will(generated("一"), generated("二"))
    assert [reply.text for reply in runtime.reply_batch([CONVERSATION, CONVERSATION[:3]])] == ["一", "二"]
    assert [len(request.body["contents"]) for request in provider.seen] == [3, 1]
