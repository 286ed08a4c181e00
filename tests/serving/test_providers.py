"""What a provider of models tells, and that one class in the mapping is all that a new provider takes."""

import pytest

from serving import gateway
from serving.limits import Limits, NoLimits, limits_of
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.providers import LOCAL, PROVIDERS, UNKNOWN, OpenAI, Provider, provider_of
from serving.runtimes.protocol import Message, ModelUnavailable, Reply
from training.labels.prompt import ROLE, default_example_count, make_prompt, room_for_examples
from training.paper.table3.experiment import bare_teacher

pytestmark = pytest.mark.usefixtures("nothing_loaded")

QUESTION = [Message("customer", "我的手机是13800138000")]


def version(kind, model):
    return Version(kind=kind, name=model, model=model)


# --- whose model it is


@pytest.mark.parametrize(
    ("kind", "model", "provider"),
    [
        ("cloud", "recorded", PROVIDERS["recorded"]),
        ("cloud", "recorded:bare", PROVIDERS["recorded"]),
        ("cloud", "gemini:x", PROVIDERS["gemini"]),
        ("cloud", "openai:x@http://h", PROVIDERS["openai"]),
        ("end", "openai:x@http://h", PROVIDERS["openai"]),
        ("cloud", "mistral:x", UNKNOWN),
        ("cloud", "", UNKNOWN),
        ("end", "embedded-end", LOCAL),
        ("end", "Qwen/Qwen3-0.6B", LOCAL),
        ("end", "C:\\models\\end", LOCAL),
        ("end", "recorded", LOCAL),  # a folder may have any name
        ("end", "gemini:x", LOCAL),
    ],
)
def test_the_scheme_and_the_kind_of_version_name_the_provider(kind, model, provider):
    assert provider_of(version(kind, model)) is provider


@pytest.mark.parametrize(
    ("model", "name", "url"),
    [
        ("openai:m@http://h/v1", "m", "http://h/v1"),
        ("openai:org/model:8b@https://h", "org/model:8b", "https://h"),
        ("openai:m@2024@http://h", "m@2024", "http://h"),
        ("openai:m@https://user@h/v1", "m", "https://user@h/v1"),
        ("openai:m@http://old@http://new", "m@http://old", "http://new"),
    ],
)
def test_an_openai_model_is_split_at_the_last_at_sign_before_an_address(model, name, url):
    runtime = OpenAI().open(model, None)
    assert (runtime.name, str(runtime.server.client.base_url).rstrip("/")) == (name, url)


# --- a provider that only this test knows


class Echo:
    """Says the question again."""

    def __init__(self, model, adapter):
        self.model, self.adapter = model, adapter

    def reply(self, messages, decoding=None):
        return Reply(messages[-1].text, latency_ms=1.0)

    def reply_batch(self, conversations, decoding=None):
        return [self.reply(messages) for messages in conversations]


class EchoProvider(Provider):
    scheme = "echo"
    expected = "echo:<name>"
    kinds = (Version.Kind.END, Version.Kind.CLOUD)
    window_tokens = 50_000

    def open(self, model, adapter):
        if model == "echo:":
            raise self.bad_name(model)
        return Echo(model, adapter)


@pytest.fixture
def echo(monkeypatch):
    provider = EchoProvider()
    monkeypatch.setitem(PROVIDERS, provider.scheme, provider)
    return provider


def test_it_answers_as_an_end_model_with_its_adapter(echo, settings):
    end = Version(kind="end", name="e", model="echo:small", adapter="runs/1")
    runtime = runtime_for(end)
    assert (runtime.model, runtime.adapter) == ("echo:small", settings.DATA_DIR / "runs/1")
    assert runtime.reply_batch([QUESTION])[0].text == QUESTION[0].text


@pytest.mark.parametrize("is_remote", [True, False])
def test_it_answers_as_a_cloud_model_through_the_gateway(db, echo, monkeypatch, is_remote):
    monkeypatch.setattr(echo, "is_remote", is_remote)
    cloud = Version.objects.create(kind="cloud", name="c", model="echo:large")
    answer = gateway.ask(cloud, QUESTION, purpose="label", may_leave=lambda: True)
    assert CloudCall.objects.get().reply == "我的手机是[PHONE_1]"
    assert answer.reply.text == QUESTION[0].text


@pytest.mark.parametrize(("is_remote", "limits"), [(True, Limits), (False, NoLimits)])
def test_a_service_of_somebody_else_is_limited_and_what_runs_here_is_not(echo, monkeypatch, is_remote, limits):
    monkeypatch.setattr(echo, "is_remote", is_remote)
    assert type(limits_of(version("cloud", "echo:large"))) is limits


def test_the_teachers_prompt_fits_into_its_window(echo, monkeypatch):
    cloud, other = version("cloud", "echo:large"), version("cloud", "openai:x@http://h")
    wider = echo.window_tokens - PROVIDERS["openai"].window_tokens
    assert room_for_examples(cloud) - room_for_examples(other) == wider
    assert make_prompt(cloud, []).head == ROLE
    assert default_example_count(cloud) == 500
    monkeypatch.setattr(echo, "reads_examples", False)
    assert default_example_count(cloud) == 0


def test_without_its_prompt_it_is_asked_as_its_bare_model(db, echo, monkeypatch):
    cloud = version("cloud", "echo:large")
    assert bare_teacher(cloud) is cloud
    monkeypatch.setattr(echo, "bare_model", "echo:bare")
    assert bare_teacher(cloud).model == "echo:bare"


def test_its_bad_names_and_the_list_of_what_is_expected_speak_of_it(echo):
    with pytest.raises(ModelUnavailable, match=r"^echo: cannot be used: expected echo:<name>\.$"):
        runtime_for(version("cloud", "echo:"))
    with pytest.raises(ModelUnavailable, match=r" or echo:<name> in CLOUD_MODEL\.$"):
        runtime_for(version("cloud", "mistral:x"))


def test_one_setting_chooses_the_package_that_asks_gemini(settings):
    settings.GEMINI_API_KEY = "AIza"
    version = Version(kind="cloud", model="gemini:teacher")
    chosen = []
    for settings.GEMINI_CLIENT in ("google-generativeai", "google-genai"):
        chosen.append(type(provider_of(version).open(version.model, None)).__name__)
    assert chosen == ["GeminiRuntime", "GoogleGenAIRuntime"]


@pytest.mark.parametrize("name", ["@cf/qwen", "qwen@2", "a@b@c", "team/qwen:7b@http"])
def test_the_name_of_a_model_may_contain_the_sign_before_the_address(name):
    model = f"openai:{name}@http://127.0.0.1:1/v1"
    runtime = provider_of(Version(kind="end", model=model)).open(model, None)
    assert (runtime.name, runtime.server.base_url) == (name, "http://127.0.0.1:1/v1")
