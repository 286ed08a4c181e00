import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from serving.models import Alias, AliasMove, Version

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def configured(settings):
    settings.END_MODEL, settings.CLOUD_MODEL = "some/end-model", "gemini:some-teacher"


@pytest.fixture
def first():
    return Version.objects.create(kind="end", name="first", model="m")


@pytest.fixture
def second():
    return Version.objects.create(kind="end", name="second", model="m", adapter="adapters/2")


def moves():
    return [(move.name, move.before and move.before.name, move.after.name) for move in AliasMove.objects.order_by("id")]


def refused(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(**fields)
    return True


# --- what the environment names


def test_the_configured_models_get_their_versions_and_the_end_model_becomes_champion():
    Version.objects.register_configured()
    rows = list(Version.objects.values_list("kind", "name", "model", "adapter", "state"))
    assert rows == [
        ("end", "some/end-model", "some/end-model", "", "candidate"),
        ("cloud", "gemini:some-teacher", "gemini:some-teacher", "", "candidate"),
    ]
    assert Version.objects.champion().name == "some/end-model"
    assert Version.objects.configured_cloud().name == "gemini:some-teacher"


def test_registering_again_changes_nothing():
    for _ in range(3):
        Version.objects.register_configured()
    assert Version.objects.count() == 2
    assert moves() == [("champion", None, "some/end-model")]


def test_another_configured_model_is_added_and_the_champion_stays(settings):
    Version.objects.register_configured()
    settings.END_MODEL, settings.CLOUD_MODEL = "another/end-model", "recorded"
    Version.objects.register_configured()
    assert Version.objects.champion().name == "some/end-model"
    assert Version.objects.configured_cloud().name == "recorded"
    assert Version.objects.count() == 4


def test_a_promoted_version_stays_champion_when_the_site_starts_again(second):
    Version.objects.register_configured()
    Alias.move("champion", second)
    Version.objects.register_configured()
    assert Version.objects.champion() == second


def test_before_anything_is_registered_there_is_neither_champion_nor_cloud():
    assert Version.objects.champion() is None
    assert Version.objects.configured_cloud() is None


def test_end_and_cloud_versions_are_told_apart():
    Version.objects.register_configured()
    assert [version.name for version in Version.objects.end()] == ["some/end-model"]
    assert [version.name for version in Version.objects.cloud()] == ["gemini:some-teacher"]


# --- names that move


def test_a_move_points_the_name_and_logs_who_did_it_and_why(first, second):
    manager = get_user_model().objects.create_user("manager")
    Alias.move("champion", first, reason="the first")
    Alias.move("champion", second, by=manager, reason="better by 0.1")
    assert Version.objects.champion() == second
    assert Alias.objects.count() == 1
    assert moves() == [("champion", None, "first"), ("champion", "first", "second")]
    newest = AliasMove.objects.first()
    assert (newest.by, newest.reason) == (manager, "better by 0.1")


def test_a_move_to_where_it_points_already_is_not_logged(first):
    Alias.move("champion", first)
    Alias.move("champion", first, reason="again")
    assert moves() == [("champion", None, "first")]


def test_a_move_back_is_logged_like_any_other(first, second):
    for version in (first, second, first):
        Alias.move("champion", version)
    assert moves()[-1] == ("champion", "second", "first")


def test_two_names_move_apart(first, second):
    Alias.move("champion", second)
    Alias.move("previous", first)
    assert Version.objects.champion() == second
    assert set(Alias.objects.values_list("name", "version__name")) == {("champion", "second"), ("previous", "first")}


def test_a_name_points_to_one_version_only(first, second):
    Alias.move("champion", first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alias.objects.create(name="champion", version=second)


def test_a_move_that_cannot_be_logged_is_not_made(first, second, monkeypatch):
    Alias.move("champion", first)
    monkeypatch.setattr(AliasMove.objects, "create", lambda **fields: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Alias.move("champion", second)
    assert Version.objects.champion() == first


def test_the_log_outlives_the_person_who_moved(first):
    manager = get_user_model().objects.create_user("manager")
    Alias.move("champion", first, by=manager)
    manager.delete()
    assert AliasMove.objects.get().by is None


def test_a_version_that_a_name_points_to_cannot_be_deleted(first):
    Alias.move("champion", first)
    with pytest.raises(ProtectedError):
        first.delete()


# --- what the database refuses


def test_only_end_models_have_adapters():
    assert refused(kind="cloud", name="c", model="recorded", adapter="adapters/1")
    assert Version.objects.create(kind="end", name="e", model="m", adapter="adapters/1").pk


def test_names_are_unique(first):
    assert refused(kind="end", name="first", model="other")
    assert refused(kind="cloud", name="first", model="recorded")


def test_there_are_two_kinds():
    assert refused(kind="third", name="x", model="m")


def test_a_base_cannot_be_deleted_under_its_children(first):
    Version.objects.create(kind="end", name="child", model="m", adapter="a", base=first)
    with pytest.raises(ProtectedError):
        first.delete()
