import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

OF_OTHERS = ["admin", "django_htmx", "ninja", "plotly"]


@pytest.fixture
def collected(tmp_path):
    """Our static files as production serves them; to compress those of others takes seconds."""
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "ecc_site.core.static_files.Storage"}}
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=OF_OTHERS)
    return tmp_path


def test_the_scripts_of_the_desk_import_each_other_by_the_names_that_say_their_content(collected):
    [page] = (path for path in (collected / "ecc" / "desk").glob("page.*.js"))
    imported = re.findall(r'from "\./([^"]+)"', page.read_text())
    assert len(imported) > 5
    for name in imported:
        assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name)
        assert (collected / "ecc" / "desk" / name).is_file()
