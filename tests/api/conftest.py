"""Programs that use the API, each with a token of a person."""

import pytest

from tests.api.caller import Caller


@pytest.fixture
def caller(db):
    return Caller


@pytest.fixture
def as_manager_program(manager):
    return Caller(manager)


@pytest.fixture
def as_annotator_program(annotator):
    return Caller(annotator)
