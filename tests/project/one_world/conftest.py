"""One world for all tests of a file: what a test does to it is undone after it."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import User

from tests import build


@pytest.fixture(scope="module", autouse=True)  # before the first test begins a transaction, which would undo it
def kept_world(module_db, make_world):
    build.person("manager", "manager")
    build.person("admin", "admin", is_staff=True, is_superuser=True)
    return make_world(build.person("annotator", "annotator"))


@pytest.fixture
def world(db, kept_world):
    return deepcopy(kept_world)


@pytest.fixture
def annotator(world):
    return User.objects.get(username="annotator")


@pytest.fixture
def manager(world):
    return User.objects.get(username="manager")


@pytest.fixture
def admin_user(world):
    return User.objects.get(username="admin")
