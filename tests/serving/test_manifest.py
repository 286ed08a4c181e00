import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.embedded import shipped
from serving import corpus
from serving.corpus import exchanges, records
from serving.embedded import manifest


def test_shipped_weights_corpus_and_settings_belong_together():
    assert shipped.problems() == []


def test_all_shipped_weights_together_are_at_most_sixteen_megabytes():
    entries = json.loads(manifest.FILE.read_text())["models"]
    assert set(entries) == {"end", "simbert", "rocketqa"}
    assert sum(entry["bytes"] for entry in entries.values()) <= 16e6


def test_the_digest_of_the_corpus_heeds_words_and_not_order():
    found = list(records())
    assert manifest.corpus_digest(found[::-1]) == manifest.corpus_digest()
    changed = found[0] | {"product_line": "another"}
    assert manifest.corpus_digest([changed, *found[1:]]) != manifest.corpus_digest()


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory):
    """Each tenth dialogue: of it the same is built, and much sooner."""
    folder = tmp_path_factory.mktemp("dialogues")
    lines = [json.dumps(record) + "\n" for record in list(records())[::10]]
    (folder / "some.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(small_corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus, "FOLDER", small_corpus)
        exchanges.cache_clear()
        call_command("build_embedded_models", quick=True, out=folder, json=True, stdout=StringIO())
    exchanges.cache_clear()
    return folder


@pytest.fixture
def places(built, small_corpus, monkeypatch):
    monkeypatch.setattr(corpus, "FOLDER", small_corpus)
    return {name: (built / name, [model.settings["quick"]]) for name, model in shipped.MODELS.items()}


def test_a_quick_build_makes_three_models_and_their_manifest(built, places):
    assert sorted(path.name for path in built.iterdir()) == ["end", "manifest.json", "rocketqa", "simbert"]
    assert manifest.problems(places, built / "manifest.json") == []


def test_changed_weights_settings_and_corpus_are_each_named(built, places, tmp_path, monkeypatch):
    copy = tmp_path / "manifest.json"
    content = json.loads((built / "manifest.json").read_text())
    content["models"]["simbert"]["files"]["model.safetensors"] = "0"
    content["models"]["end"]["settings_sha256"] = "0"
    del content["models"]["rocketqa"]
    copy.write_text(json.dumps(content | {"corpus_sha256": "0"}))
    assert sorted(manifest.problems(places, copy)) == [
        "The manifest has no model rocketqa.",
        "The models were built from another corpus: run build_embedded_models.",
        "end was built with settings that differ from those in the code.",
        "simbert: model.safetensors differs from the file that was built.",
    ]


def test_a_model_of_another_corpus_leaves_the_manifest(built, tmp_path):
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({"corpus_sha256": "0", "models": {"end": {}}}))
    manifest.write({"simbert": {"bytes": 1}}, file)
    assert list(json.loads(file.read_text())["models"]) == ["simbert"]
    manifest.write({"rocketqa": {"bytes": 1}}, file)
    assert sorted(json.loads(file.read_text())["models"]) == ["rocketqa", "simbert"]


def test_a_quick_build_never_replaces_what_ships():
    with pytest.raises(CommandError, match="--out"):
        call_command("build_embedded_models", quick=True)
