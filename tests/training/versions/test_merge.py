"""Making one plain model of a version and taking it away, with the shipped model and a run of a few steps."""

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from django.urls import reverse

from serving.loading import place_of
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Message
from tests.build import champion, label, run, shop, turn
from training.models import MergeJob
from training.runs.worker import train_run
from training.versions.merge import merge_version as work
from training.versions.merge import merged_folder, merged_place
from training.versions.registry import adapter_folder

pytestmark = pytest.mark.django_db
ASKED = [Message("customer", "在吗")]


def trained(method: str):
    dataset, base = shop(), champion()
    for i in range(2):
        label(turn(dataset, i), f"taught {i}")
    parameters = {"method": method, "max_steps": 2, "batch_size": 2, "save_every": 2, "learning_rate": 0.05, "seed": 7}
    one = run(dataset, base, parameters=parameters, method=method)
    one.run(train_run)
    return one.checkpoints.get().version


@pytest.fixture
def version():
    return trained("lora")


@pytest.fixture
def page(version, as_manager):
    def text() -> str:
        return as_manager.get(reverse("training:version", args=[version.pk])).content.decode()

    return text


def to(name: str, version) -> str:
    return reverse(f"training:{name}", args=[version.pk])


def test_a_version_is_merged_and_taken_away_as_one_model(version, page, as_manager, tmp_path):
    assert "Merge with the base" in page()
    for _ in range(2):  # a double click
        as_manager.post(to("merge", version))
    job = MergeJob.objects.get()
    assert f"job-merge-{job.pk}" in page()
    job.run(work)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert "Download merged model" in page() and "Merge with the base" not in page()

    response = as_manager.get(to("merged", version))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert not (folder / "adapter_config.json").exists()
    assert EndRuntime(folder).reply(ASKED).text == EndRuntime(merged_folder(version)).reply(ASKED).text


def test_in_float32_it_replies_like_the_adapter_and_replaces_what_was_rounded(version, page, as_manager):
    rounded = MergeJob.objects.create(version=version)
    rounded.run(work)
    config = merged_folder(version) / "config.json"
    config.write_text(config.read_text().replace('"float32"', '"bfloat16"'))  # as if the base were of 16 bits
    assert "Download merged model (bfloat16)" in page() and "Merge in float32" in page()
    as_manager.post(to("merge", version), {"precision": "float32"})
    job = MergeJob.objects.get(exact=True)
    job.run(work)
    assert "Download merged model (float32)" in page() and "Merge in float32" not in page()
    adapted = EndRuntime(place_of(version.model), adapter_folder(version))
    assert EndRuntime(merged_folder(version)).reply(ASKED).text == adapted.reply(ASKED).text


def test_the_adapter_names_its_base_and_no_folder_of_this_machine(version, as_manager):
    place = str(place_of(version.model))
    assert place in (adapter_folder(version) / "adapter_config.json").read_text()
    response = as_manager.get(to("adapter", version))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        files = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert json.loads(files["adapter_config.json"])["base_model_name_or_path"] == "embedded-end"
    assert not [name for name, content in files.items() if place.encode() in content]
    hashes = json.loads(files["manifest.json"])["files"]
    assert {name: sha256(files[name]).hexdigest() for name in hashes if name in files} == {
        name: value for name, value in hashes.items() if name in files
    }


def test_what_is_merged_is_not_merged_again(version, as_manager):
    job = MergeJob.objects.create(version=version)
    merged_place(version).mkdir()
    job.run(work)
    job.refresh_from_db()
    assert (job.state, list(merged_place(version).iterdir())) == ("done", [])
    as_manager.post(to("merge", version))
    assert MergeJob.objects.count() == 1


def test_a_prefix_offers_no_merging(as_manager):
    version = trained("prefix")
    assert "Merge with the base" not in as_manager.get(to("version", version)).content.decode()
    as_manager.post(to("merge", version))
    assert not MergeJob.objects.exists()
    assert as_manager.get(to("merged", version)).status_code == 404


def test_a_merge_that_cannot_be_says_why_on_the_page(version, page):
    merged_place(version).with_name(f".writing-{merged_place(version).name}").write_text("in the way")
    job = MergeJob.objects.create(version=version)
    job.run(work)
    assert "cannot be written" in page()


def test_an_adapter_that_has_gone_is_named(version):
    job = MergeJob.objects.create(version=version)
    version.adapter = "../elsewhere"
    version.save()
    job.run(work)
    job.refresh_from_db()
    assert (job.state, "no longer below the data folder" in job.error) == ("failed", True)
