"""The demo is made once, also where its first start was interrupted."""

import pytest

from dialogues.models import AnswerJob, Dataset
from ecc_site import demo
from review.models import Round, SuggestTagsJob, Tag, TagExample, TurnTag
from scoring.models import Score
from serving.corpus import exchanges
from serving.models import Version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(settings, monkeypatch):
    settings.DEMO_DIALOGUES = 16
    monkeypatch.setenv("ECC_DEMO_PASSWORD", "a-password-of-the-tests")


def test_twice_it_is_made_once():
    first = demo.seed()
    assert demo.seed() == first
    assert Dataset.objects.get() == first
    assert Score.objects.filter(dataset=first).exists()
    assert set(Round.objects.values_list("purpose", flat=True)) == {"teach", "measure"}


def test_it_has_the_intents_of_the_corpus_as_tags_with_questions_of_train_alone():
    demo.make_tags()
    Tag.objects.filter(name="return request").update(name="returns")
    demo.make_tags()  # what a manager changed stays
    assert set(Tag.objects.values_list("kind", flat=True)) == {"intent"}
    assert Tag.objects.filter(name="returns").exists()
    assert not Tag.objects.filter(name="return request").exists()
    held_out = {wording for exchange in exchanges() if exchange.split != "train" for wording in exchange.wordings}
    train = {wording for exchange in exchanges() if exchange.split == "train" for wording in exchange.wordings}
    examples = set(TagExample.objects.values_list("text", flat=True))
    assert examples <= train
    assert not examples & (held_out - train)
    assert not SuggestTagsJob.objects.exists()
    assert not TurnTag.objects.exists()


def test_what_an_interrupted_start_left_is_finished():
    Version.objects.register_configured()
    dataset = demo.make_dataset()
    job = AnswerJob.objects.create(dataset=dataset, version=Version.objects.champion())
    assert job.claim()
    demo.seed()
    job.refresh_from_db()
    assert job.state == "done"
    assert AnswerJob.objects.filter(version=Version.objects.champion()).count() == 1


def test_at_the_start_no_server_is_asked(settings, provider, nothing_loaded):
    settings.CLOUD_MODEL = f"openai:teacher@{provider.url}/v1"
    settings.END_MODEL = f"openai:small@{provider.url}/v1"
    dataset = demo.seed()
    assert provider.seen == []
    assert Version.objects.champion().model == settings.END_MODEL
    models = set(dataset.coverages.values_list("version__model", flat=True))
    assert models == {"embedded-end", "recorded"}
    assert Round.objects.count() == 2
