from dataclasses import replace

import pytest

from ecc_site.launch.banner import banner
from ecc_site.launch.options import Options


@pytest.fixture
def options(tmp_path, monkeypatch) -> Options:
    monkeypatch.delenv("ECC_DEMO_PASSWORD", raising=False)
    (tmp_path / "demo-password").write_text("kept-in-a-file\n")
    return Options(port=8123, data_dir=tmp_path, redis_url="", production=False)


def test_it_names_the_address_the_accounts_and_the_data_folder(options):
    text = banner(options, missing=[])
    for words in ("http://127.0.0.1:8123/", "annotator, annotator2, manager, admin", str(options.data_dir), "Ctrl-C"):
        assert words in text
    assert "Not seen so far" not in text


def test_the_password_is_the_one_in_the_environment_else_the_one_in_the_file(options, monkeypatch):
    assert "kept-in-a-file" in banner(options, missing=[])
    monkeypatch.setenv("ECC_DEMO_PASSWORD", "chosen")
    assert "chosen" in banner(options, missing=[])


def test_in_production_it_shows_no_account_and_no_password(options):
    text = banner(replace(options, production=True), missing=[])
    assert "annotator" not in text
    assert "kept-in-a-file" not in text


def test_it_names_the_workers_that_are_not_there_yet(options):
    assert "Not seen so far:    models, beat" in banner(options, missing=["models", "beat"])
