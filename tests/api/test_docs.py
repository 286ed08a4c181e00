"""Each snippet of docs/api.md is run as it stands, its table of scopes is that of the code, and the page of the API."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from ecc_site.core.api_tokens import SCOPES
from tests.api.caller import Caller

TEXT = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```(sh|python)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


def test_there_are_snippets_of_both_kinds():
    assert {kind for kind, _snippet in SNIPPETS} == {"sh", "python"}
    assert len(SNIPPETS) >= 6


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_the_snippet_does_what_it_says(number, live_server, world, admin_user):
    kind, snippet = SNIPPETS[number]
    known = {"ECC_URL": live_server.url, "ECC_TOKEN": Caller(admin_user).secret, "NO_PROXY": "*", "no_proxy": "*"}
    done = subprocess.run(
        [*COMMANDS[kind], snippet], env=os.environ | known, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if kind == "sh":
        answer = json.loads(done.stdout)
        assert "error" not in answer
        assert answer.get("items") or answer["outcomes"][0]["state"] == "added"


def test_the_example_of_a_refusal_is_json():
    for example in re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        assert json.loads(example)["error"]["code"]


def test_every_scope_stands_in_the_table_with_its_role():
    rows = re.findall(r"^\| (`\w+:\w+`(?:, `\w+:\w+`)*) \|[^|]*\| (\w+) \|$", TEXT, re.MULTILINE)
    written = {scope: role for scopes, role in rows for scope in re.findall(r"`([\w:]+)`", scopes)}
    assert written == {scope: role for scope, (role, _label) in SCOPES.items()}


@pytest.mark.django_db
def test_the_page_asks_no_other_server_and_its_scripts_are_here(as_annotator):
    page = as_annotator.get("/api/docs/").content.decode()
    scripts = re.findall(r'(?:src|href)="/static/(ninja/[^"]+|ecc/api_docs\.js)"', page)
    assert len(scripts) == 3
    assert all(finders.find(script) for script in scripts)
    assert 'data-openapi="/api/v1/openapi.json"' in page
