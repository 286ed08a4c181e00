"""The tests never touch the site that a developer runs from the same folder."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from ecc_site.core.roles import RANKS, rank


def test_the_data_folder_of_the_tests_is_none_of_the_site(tmp_path_factory):
    assert Path(os.environ["ECC_DATA_DIR"]) == settings.DATA_DIR
    assert settings.BASE_DIR not in settings.DATA_DIR.parents
    assert Path(settings.MEDIA_ROOT).is_relative_to(settings.DATA_DIR)


def test_the_broker_is_the_redis_of_the_tests(redis_server):
    from ecc_site.celery import app

    assert redis_server == settings.REDIS_URL
    assert app.conf.broker_url == redis_server
    assert redis_server != "redis://127.0.0.1:6379/0"


@pytest.mark.django_db
def test_on_sqlite_the_database_is_a_file_that_threads_can_share():
    if connection.vendor != "sqlite":
        pytest.skip("this run is on another database")
    name = Path(connection.settings_dict["NAME"])
    assert name.is_relative_to(settings.DATA_DIR)
    assert name.is_file()


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_what_migrations_wrote_outlives_a_test_that_empties_the_database():
    call_command("flush", interactive=False, verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(RANKS)


@pytest.mark.django_db
def test_each_person_has_the_role_of_the_same_name(annotator, manager, admin_user):
    assert [rank(annotator), rank(manager), rank(admin_user)] == [1, 2, 3]
