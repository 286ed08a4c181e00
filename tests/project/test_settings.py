"""The settings as a process meets them when it starts."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

SECRET = "k7" * 30 + "Zq4w_T9x"
GOOD = {"ECC_PROFILE": "production", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "shop.example"}
ABSENT = None


def run(folder, variables: dict, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess:
    """Python with these arguments and variables, and with no others of the site's."""
    ours = {"PATH": os.environ["PATH"], "ECC_DATA_DIR": str(folder), "LANG": "C.UTF-8"}
    given = {name: value for name, value in {**ours, **variables}.items() if value is not ABSENT}
    command = [sys.executable, *arguments]
    how = {"cwd": settings.BASE_DIR, "env": given, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run(command, input=input, check=False, **how)


def test_every_variable_that_is_read_and_every_command_is_documented():
    written = "".join(path.read_text() for path in (settings.BASE_DIR / "docs").glob("*.md"))
    readme = (settings.BASE_DIR / "README.md").read_text()
    source = "".join(path.read_text() for path in (settings.BASE_DIR / "ecc_site").glob("*.py"))
    variables = set(re.findall(r'\benv_\w+\(\s*"(\w+)"', source))
    assert {name for name in variables if name not in readme + written} == set()
    commands = {path.stem for path in settings.BASE_DIR.glob("*/management/commands/[a-z]*.py")}
    assert {name for name in commands if not re.search(rf"\b{name}\b", readme)} == set()


@pytest.fixture(scope="module")
def production(tmp_path_factory) -> str:
    """Every setting of a good production site that differs from Django's own."""
    folder = tmp_path_factory.mktemp("production")
    return run(folder, GOOD, "manage.py", "diffsettings", "--output", "unified").stdout.replace(str(folder), "FOLDER")


REFUSED = [
    ("SECRET_KEY", ABSENT),
    ("SECRET_KEY", "development-only-key-that-production-refuses"),
    ("SECRET_KEY", "short"),
    ("DEBUG", "true"),
    ("ALLOWED_HOSTS", ABSENT),
    ("ALLOWED_HOSTS", " , "),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "shop.example,*"),
    ("ALLOWED_HOSTS", ".shop.example"),
    ("DATABASE_URL", "oracel://shop:hidden-word@db.example/shop"),
    ("DATABASE_URL", "no address"),
    ("DATABASE_URL", "mysql://shop:hidden-word@db.example/shop"),
    ("DATABASE_URL", "postgres://shop:hidden-word#1@db.example/shop"),
    ("DATABASE_URL", "postgres://shop:hidden-word/1@db.example/shop"),
    ("DATABASE_URL", "postgres://shop:hidden-word?1@db.example/shop"),
    ("DATABASE_URL", "postgres://db.example"),
    ("REDIS_URL", "redis://:hidden-word#1@127.0.0.1:6379/0"),
    ("REDIS_URL", "redis://:hidden-word/1@127.0.0.1:6379/0"),
    ("REDIS_URL", "http://127.0.0.1:6379/0"),
    ("URL_PREFIX", "ecc"),
    ("TIME_ZONE", "Mars/Base"),
    ("CSRF_TRUSTED_ORIGINS", "shop.example"),
    ("CLOUD_TIMEOUT_S", "0"),
    ("CLOUD_TOKENS_PER_DAY", "many"),
    ("SECURE_SSL_REDIRECT", "perhaps"),
    ("TRUSTED_PROXIES", "all"),
    ("SIMILARITY_MODEL", "openai:small"),
    ("SIMILARITY_MODEL", "openai:small@https://embed.example/v1"),
    ("SIMILARITY_MODEL", "openai:small@https://shop:hidden-word@127.0.0.1.embed.example/v1"),
    ("MATCH_MODEL", "openai:small@http://127.0.0.1:8000/v1"),
    ("ECC_PROFILE", "staging"),
]
TRY_EACH = """
import importlib, json, os, sys

ours, answers = dict(os.environ), []
for variables in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update({**ours, **variables})
    sys.modules.pop("ecc_site.settings", None)
    try:
        importlib.import_module("ecc_site.settings")
        answers.append("")
    except SystemExit as refusal:
        answers.append(refusal.code)
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> dict[tuple, str]:
    """What is said about each bad value, by a process that reads the settings anew with one after the other."""
    given = [{**GOOD, variable: value} for variable, value in REFUSED]
    given = [{name: value for name, value in variables.items() if value is not ABSENT} for variables in given]
    tried = run(tmp_path_factory.mktemp("refused"), {}, "-c", TRY_EACH, input=json.dumps(given))
    assert tried.returncode == 0, tried.stderr
    return dict(zip(REFUSED, json.loads(tried.stdout), strict=True))


@pytest.mark.parametrize(("variable", "value"), REFUSED)
def test_production_refuses_to_start_with(refusals, variable, value):
    (line,) = refusals[variable, value].splitlines()
    assert line.startswith(f"{variable}=")
    assert "cannot be used: expected" in line
    assert "hidden-word" not in line
    if variable == "SECRET_KEY" and value:
        assert value not in line


def test_a_command_of_manage_py_refuses_in_the_same_line(tmp_path):
    refused = run(tmp_path, {**GOOD, "DEBUG": "1"}, "manage.py", "check")
    assert refused.returncode != 0
    assert refused.stderr == "DEBUG='true' cannot be used: expected false in production.\n"


@pytest.mark.parametrize(
    ("model", "own_hosts"),
    [
        ("openai:small@http://127.0.0.1:8000/v1", ABSENT),
        ("openai:small@http://GPU.shop.example:8000/v1", "gpu.shop.example"),
        ("BAAI/bge-small-zh-v1.5", ABSENT),
    ],
)
def test_a_similarity_scorer_may_be_served_by_a_machine_of_the_shops_own(tmp_path, model, own_hosts):
    show = "from ecc_site import settings; print(settings.SIMILARITY_MODEL)"
    started = run(tmp_path, {**GOOD, "SIMILARITY_MODEL": model, "OWN_HOSTS": own_hosts}, "-c", show)
    assert started.stdout == f"{model}\n", started.stderr


def test_a_good_production_environment_passes_every_check_of_the_framework(tmp_path):
    checked = run(tmp_path, GOOD, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_production_is_strict(production):
    for line in ("SECURE_SSL_REDIRECT = True", "SESSION_COOKIE_SECURE = True", "CSRF_COOKIE_SECURE = True"):
        assert f"+ {line}" in production
    assert "+ TRUSTED_PROXIES = 1" in production  # the one that TLS ends at
    assert "DEBUG = True" not in production
    assert "ALLOWED_HOSTS = ['shop.example']" in production


def test_everything_is_kept_below_the_data_folder(production):
    for name in ("DATABASE_URL", "MEDIA_ROOT", "STATIC_ROOT"):
        (line,) = [line for line in production.splitlines() if line.startswith(f"+ {name} =")]
        assert "FOLDER/" in line


def test_development_starts_without_any_variable(tmp_path):
    begun = run(tmp_path, {"ECC_DATA_DIR": ABSENT}, "manage.py", "check", "--fail-level", "WARNING")
    assert begun.returncode == 0, begun.stderr


def test_development_listens_to_this_machine_only_and_shows_no_traces(tmp_path):
    show = "from ecc_site import settings; print(settings.ALLOWED_HOSTS, settings.DEBUG)"
    assert run(tmp_path, {}, "-c", show).stdout == "['127.0.0.1', 'localhost', '[::1]'] False\n"
