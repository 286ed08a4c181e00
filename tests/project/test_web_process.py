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
FIND_EVERY_PAGE = """
import django, json, pathlib, sys
django.setup()
from django.contrib.auth.models import User
from tests.project.pages import SITE
from tests.world import make_world

world = make_world(User.objects.create_superuser("admin"), pathlib.Path(sys.argv[1]))
pages = {name: page for name, page in SITE.items() if "GET" in page.methods and page.needs != "anybody"}
print(json.dumps([page.address(name, world) for name, page in pages.items()]))
"""
SERVE_EVERY_PAGE = """
import json, sys
import ecc_site.wsgi
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from dialogues.models import Dataset
from django.urls import URLPattern, get_resolver

def views(resolver):
    for entry in resolver.url_patterns:
        yield from [entry.callback] if isinstance(entry, URLPattern) else views(entry)

known = list(views(get_resolver()))
settings.ALLOWED_HOSTS = ["testserver"]
admin.autodiscover()
client = Client()
client.force_login(User.objects.get(username="admin"))
pages = [*json.loads(sys.argv[1]), "/healthz", "/admin/"]
status = {page: client.get(page, follow=True).status_code for page in pages}
shop = Dataset.objects.create(name="shop")
status["work"] = client.post(f"/datasets/{shop.pk}/jobs/", {"work": "all"}, follow=True).status_code
status["teach"] = client.post(f"/datasets/{shop.pk}/teach/", follow=True).status_code
views_of = sorted({view.__module__ for view in known})
print(json.dumps({"views": views_of, "status": status, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def web_process(tmp_path_factory):
    """What a fresh web process has loaded after it has served every page and started every kind of work.

    The rows behind the pages are made in another process, which may load what it likes.
    """
    folder = tmp_path_factory.mktemp("web")
    ready_database.copy_to(folder / "db.sqlite3")
    environment = {**os.environ, "ECC_DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}

    def last_line(program: str, argument: str) -> str:
        command, how = [sys.executable, "-c", program, argument], {"capture_output": True, "text": True, "timeout": 300}
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False, **how)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    addresses = last_line(FIND_EVERY_PAGE, str(folder))
    return json.loads(last_line(SERVE_EVERY_PAGE, addresses))


def test_the_process_has_served_the_pages(web_process):
    assert set(web_process["status"].values()) == {200}
    assert len(web_process["status"]) > 60
    packages = {module.partition(".")[0] for module in web_process["views"]}
    assert {"review", "dialogues", "training"} <= packages & set(our_packages())


@pytest.mark.parametrize("library", HEAVY)
def test_it_has_not_loaded(web_process, library):
    loaded = [m for m in web_process["modules"] if m == library or m.startswith(library + ".")]
    assert loaded == []
