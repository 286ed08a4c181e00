import pytest
from django.urls import reverse

from serving.configured import still_another
from serving.models import Alias, Version
from tests.build import champion, version

pytestmark = pytest.mark.django_db


def test_where_the_champion_is_what_is_configured_nothing_is_said(settings):
    assert champion().model == settings.END_MODEL
    assert still_another() == ""


def test_a_trained_champion_of_the_same_base_is_what_is_configured(settings):
    base = champion()
    Alias.move("champion", version("lora", model=base.model, adapter="runs/1", base=base))
    assert still_another() == ""


def test_a_changed_end_model_is_said_with_the_way_to_promote_it(settings):
    champion()
    settings.END_MODEL = "Qwen/Qwen3-0.6B"
    Version.objects.register_configured()
    said = still_another()
    assert "embedded-end" in said
    assert 'manage.py promote "Qwen/Qwen3-0.6B"' in said


def test_managers_read_it_on_every_page_and_annotators_do_not(settings, as_manager, as_annotator):
    champion()
    settings.END_MODEL = "Qwen/Qwen3-0.6B"
    assert "Qwen/Qwen3-0.6B" in as_manager.get(reverse("home")).content.decode()
    assert "Qwen/Qwen3-0.6B" not in as_annotator.get(reverse("home"), follow=True).content.decode()


def test_one_server_can_be_teacher_first_and_end_model_later(settings):
    address = "openai:qwen@http://127.0.0.1:8001/v1"
    settings.CLOUD_MODEL = address
    Version.objects.register_configured()
    settings.END_MODEL, settings.CLOUD_MODEL = address, "recorded"
    Version.objects.register_configured()
    settings.END_MODEL, settings.CLOUD_MODEL = "embedded-end", address
    Version.objects.register_configured()
    assert sorted(Version.objects.filter(model=address).values_list("kind", "name")) == [
        ("cloud", address),
        ("end", f"{address} (end)"),
    ]
