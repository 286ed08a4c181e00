"""The Chinese catalogue: complete, and what is compiled is what is written."""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings

from tests.project.ours import our_packages

PLACE = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES"
SOURCES = (*our_packages(), "templates")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|%%")
HAN = re.compile("[\u3400-\u9fff]")
WITHOUT_CHINESE = re.compile(r"[^A-Za-z]*([A-Za-z]{1,4})?[^A-Za-z]*")  # such as JSONL, ms, %(n)s h

if not (PLACE / "django.po").is_file():
    pytest.skip("there is no catalogue yet: locale/zh_Hans/LC_MESSAGES/django.po", allow_module_level=True)

CATALOGUE = polib.pofile(str(PLACE / "django.po"))
ENTRIES = [entry for entry in CATALOGUE if not entry.obsolete]


def key(entry) -> tuple:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def translations(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """What makemessages finds in a copy of the sources."""
    if not shutil.which("xgettext"):
        pytest.skip("xgettext (of GNU gettext) is not on the PATH, so nothing can be extracted")
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        leave_out = shutil.ignore_patterns(
            "__pycache__", "static", "embedded", "*.jsonl", "migrations", "*.safetensors"
        )
        shutil.copytree(settings.BASE_DIR / name, copy / name, ignore=leave_out)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-wrap"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return polib.pofile(str(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))


def test_every_text_of_the_pages_and_of_the_code_is_in_the_catalogue(extracted):
    missing = {key(entry) for entry in extracted} - {key(entry) for entry in ENTRIES}
    assert len(extracted) > 100
    assert missing == set()


def test_the_catalogue_has_nothing_that_is_used_nowhere(extracted):
    assert {key(entry) for entry in ENTRIES} - {key(entry) for entry in extracted} == set()


def test_every_entry_is_translated_and_none_is_a_guess():
    assert [entry.msgid for entry in ENTRIES if entry.fuzzy or not all(translations(entry))] == []


def test_no_entry_was_left_in_english():
    sentences = [entry for entry in ENTRIES if not WITHOUT_CHINESE.fullmatch(PLACEHOLDER.sub("", entry.msgid))]
    assert sentences
    assert [e.msgid for e in sentences if not all(HAN.search(t) for t in translations(e)) and " " in e.msgid] == []


def test_the_placeholders_agree():
    for entry in ENTRIES:
        allowed = {tuple(sorted(PLACEHOLDER.findall(text))) for text in (entry.msgid, entry.msgid_plural) if text}
        for text in translations(entry):
            assert tuple(sorted(PLACEHOLDER.findall(text))) in allowed, entry.msgid


def test_line_breaks_at_the_ends_agree():
    for entry in ENTRIES:
        for text in translations(entry):
            assert (text[:1] == "\n", text[-1:] == "\n") == (entry.msgid[:1] == "\n", entry.msgid[-1:] == "\n")


def test_the_compiled_catalogue_is_what_the_written_one_compiles_to():
    compiled = polib.mofile(str(PLACE / "django.mo"))
    written = {key(entry): translations(entry) for entry in ENTRIES if not entry.fuzzy}
    assert {key(entry): translations(entry) for entry in compiled} == written


@pytest.mark.django_db
def test_a_visitor_who_chooses_chinese_gets_it(client):
    client.post("/i18n/setlang/", {"language": "zh-hans"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-hans">' in page
    assert next(e.msgstr for e in ENTRIES if e.msgid == "Sign in") in page
