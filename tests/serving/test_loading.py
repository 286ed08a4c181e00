import json
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings

from serving.loading import runtime_for
from serving.models import Version
from serving.providers import EMBEDDED_END
from serving.runtimes import end
from serving.runtimes.protocol import Message, ModelUnavailable
from tests.serving.provider import chat, generated

pytestmark = pytest.mark.usefixtures("nothing_loaded")

QUESTION = [Message("customer", "您好")]
FIND_HEAVY = """
import importlib, json, sys, django
django.setup()
found = {{}}
for module in {modules!r}:
    importlib.import_module(module)
    found[module] = [name for name in {names!r} if name in sys.modules]
print(json.dumps(found))
"""
HEAVY = ["google.generativeai", "openai", "torch", "transformers", "peft", "sklearn"]


def cloud(model):
    return Version(kind="cloud", name=model, model=model)


def local(model, adapter=""):
    return Version(kind="end", name=str(model), model=str(model), adapter=adapter)


def unavailable(version):
    with pytest.raises(ModelUnavailable) as caught:
        runtime_for(version)
    return str(caught.value)


# --- which runtime


@pytest.mark.parametrize(
    ("model", "style"),
    [("recorded", "prompted"), ("recorded:prompted", "prompted"), ("recorded:bare", "bare")],
)
def test_recorded_is_the_recorded_teacher_in_its_style(model, style):
    runtime = runtime_for(cloud(model))
    assert (type(runtime).__name__, runtime.style) == ("RecordedRuntime", style)


def test_openai_asks_the_named_model_at_its_address_with_key_and_timeout(provider, settings):
    settings.OPENAI_API_KEY, settings.CLOUD_TIMEOUT_S = "sk-1", 3
    provider.will(chat("好"))
    settings.CLOUD_MODEL = f"openai:org/model:8b@{provider.url}/v1"
    runtime = runtime_for(cloud(settings.CLOUD_MODEL))
    assert runtime.reply(QUESTION).text == "好"
    assert provider.seen[0].body["model"] == "org/model:8b"
    assert provider.seen[0].headers["authorization"] == "Bearer sk-1"
    assert runtime.server.client.timeout == 3


def test_an_end_model_may_be_a_server_too(provider):
    provider.will(chat("好"))
    assert runtime_for(local(f"openai:small@{provider.url}/v1")).reply(QUESTION).text == "好"


def test_gemini_asks_the_named_model_at_its_endpoint_with_key_and_timeout(provider, settings):
    settings.GEMINI_API_KEY, settings.GEMINI_ENDPOINT, settings.CLOUD_TIMEOUT_S = "AIza-1", provider.url, 3
    provider.will(generated("好"))
    runtime = runtime_for(cloud("gemini:teacher-9"))
    assert runtime.reply(QUESTION).text == "好"
    assert provider.seen[0].path.startswith("/v1beta/models/teacher-9:generateContent")
    assert provider.seen[0].headers["x-goog-api-key"] == "AIza-1"
    assert runtime.timeout_s == 3


def test_a_folder_is_an_end_model(tiny_models):
    runtime = runtime_for(local(tiny_models["llama"]))
    assert type(runtime.model).__name__ == "LlamaForCausalLM"


class Noted:
    """Takes the place of EndRuntime and notes what was to be loaded."""

    made = []

    def __init__(self, *arguments):
        self.arguments = arguments
        threading.Event().wait(0.05)  # as long as it takes for another thread to come along
        self.made.append(self)


@pytest.fixture
def noted(monkeypatch):
    monkeypatch.setattr(end, "EndRuntime", Noted)
    monkeypatch.setattr(Noted, "made", [])
    return Noted


def test_an_adapter_lies_below_the_data_folder(noted, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert runtime_for(local("some/model", "adapters/7")).arguments == ("some/model", tmp_path / "adapters/7", False)
    assert runtime_for(local("some/model")).arguments == ("some/model", None, False)


def test_a_models_own_code_is_switched_on_by_its_name_alone(noted, settings):
    settings.TRUST_REMOTE_CODE = ["some/model"]
    assert runtime_for(local("some/model")).arguments[2] is True
    assert runtime_for(local("some/model-2")).arguments[2] is False


def test_the_embedded_end_model_is_the_one_that_ships(noted):
    assert runtime_for(local("embedded-end")).arguments[0] == EMBEDDED_END


# --- what cannot be used


@pytest.mark.parametrize("version", [cloud, local])
@pytest.mark.parametrize("model", ["openai:m", "openai:", "openai:@http://127.0.0.1", "openai:m@ftp://x", "openai:m@x"])
def test_openai_without_a_name_and_an_address_says_what_is_expected(version, model):
    sentence = unavailable(version(model))
    assert sentence == f"{model} cannot be used: expected openai:<name>@<http address of the server>."


@pytest.mark.parametrize(
    ("model", "expected"), [("recorded:loud", "recorded"), ("gemini:", "gemini:<name>"), ("gemini", "gemini:<name>")]
)
def test_a_bad_name_says_what_its_provider_expects(settings, model, expected):
    settings.GEMINI_API_KEY = "AIza-1"
    assert unavailable(cloud(model)) == f"{model} cannot be used: expected {expected}."


def test_gemini_without_a_key_names_the_setting(settings):
    settings.GEMINI_API_KEY = ""
    assert "GEMINI_API_KEY" in unavailable(cloud("gemini:teacher"))


@pytest.mark.parametrize("model", ["mistral:x", "", "C:\\models\\teacher"])
def test_a_cloud_model_of_no_known_provider_says_what_all_of_them_expect(model):
    expected = "recorded, gemini:<name> or openai:<name>@<http address of the server>"
    assert unavailable(cloud(model)) == f"{model!r} is not a cloud model: expected {expected} in CLOUD_MODEL."


def test_a_folder_that_is_missing_is_named(tmp_path):
    assert str(tmp_path / "gone") in unavailable(local(tmp_path / "gone"))


def test_what_could_not_be_loaded_is_tried_again(tiny_models, tmp_path):
    folder = tmp_path / "late"
    unavailable(local(folder))
    folder.symlink_to(tiny_models["qwen3"])
    assert type(runtime_for(local(folder)).model).__name__ == "Qwen3ForCausalLM"


# --- once


def test_a_model_is_loaded_once_for_all_versions_that_mean_it(noted):
    one, other = local("some/model"), local("some/model")
    other.name, other.pk = "another name", 9
    assert runtime_for(one) is runtime_for(other)
    assert len(noted.made) == 1


def test_another_adapter_is_another_model(noted):
    assert runtime_for(local("m", "a/1")) is not runtime_for(local("m", "a/2"))
    assert len(noted.made) == 2


def test_threads_that_ask_at_once_get_one_model(noted):
    got = []
    threads = [threading.Thread(target=lambda: got.append(runtime_for(local("m")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (len(got), len(set(map(id, got))), len(noted.made)) == (4, 1, 1)


# --- what the web process is spared


def imported_by(*modules):
    """The heavy libraries that a process has imported once it has imported each of the modules in turn."""
    code = FIND_HEAVY.format(modules=modules, names=HEAVY)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ecc_site.settings"}
    options = {"cwd": settings.BASE_DIR, "env": environment, "capture_output": True, "text": True, "timeout": 60}
    run = subprocess.run([sys.executable, "-c", code], check=False, **options)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_importing_it_brings_no_model_library():
    light = ("gateway", "loading", "providers", "budget", "urls", "runtimes.recorded")
    found = imported_by(*(f"serving.{module}" for module in light))
    assert {module: heavy for module, heavy in found.items() if heavy} == {}


@pytest.mark.parametrize(
    ("module", "library", "others"),
    [
        ("serving.runtimes.gemini", "google.generativeai", {"openai", "torch", "transformers"}),
        ("serving.runtimes.openai", "openai", {"google.generativeai", "torch", "transformers"}),
    ],
)
def test_each_cloud_runtime_brings_its_own_library_alone(module, library, others):
    found = set(imported_by(module)[module])
    assert library in found
    assert not found & others
