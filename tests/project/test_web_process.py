"""Invariant 2: models live in workers. The web process serves every page without ever loading a library of models."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests import ready_database
from tests.project.ours import our_packages

HEAVY = ("torch", "transformers", "peft", "sentence_transformers", "google.generativeai")
SERVE_EVERY_PAGE = """
import json, sys
import ecc_site.wsgi
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from dialogues.models import Dataset
from django.urls import URLPattern, get_resolver, reverse
from tests.project.pages import pages_to_read

def views(resolver):
    for entry in resolver.url_patterns:
        yield from [entry.callback] if isinstance(entry, URLPattern) else views(entry)

known = list(views(get_resolver()))
settings.ALLOWED_HOSTS = ["testserver"]
admin.autodiscover()
client = Client()
client.force_login(User.objects.create_superuser("admin"))
pages = [reverse(name) for name, page in pages_to_read().items() if not page.of and not page.fixed]
status = {page: client.get(page, follow=True).status_code for page in [*pages, "/healthz", "/admin/"]}
shop = Dataset.objects.create(name="shop")
status["work"] = client.post(f"/datasets/{shop.pk}/jobs/", {"work": "all"}, follow=True).status_code
status["teach"] = client.post(f"/datasets/{shop.pk}/teach/", follow=True).status_code
views_of = sorted({view.__module__ for view in known})
print(json.dumps({"views": views_of, "status": status, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def web_process(tmp_path_factory):
    """What a fresh web process has loaded after it has served every kind of page and started every kind of work."""
    folder = tmp_path_factory.mktemp("web")
    ready_database.copy_to(folder / "db.sqlite3")
    environment = {**os.environ, "ECC_DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}
    command = [sys.executable, "-c", SERVE_EVERY_PAGE]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_process_has_served_the_pages(web_process):
    assert set(web_process["status"].values()) == {200}
    assert len(web_process["status"]) > 12
    packages = {module.partition(".")[0] for module in web_process["views"]}
    assert {"review", "dialogues", "training"} <= packages & set(our_packages())


@pytest.mark.parametrize("library", HEAVY)
def test_it_has_not_loaded(web_process, library):
    loaded = [m for m in web_process["modules"] if m == library or m.startswith(library + ".")]
    assert loaded == []
