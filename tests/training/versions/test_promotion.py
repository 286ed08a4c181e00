from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from serving.models import Alias, AliasMove, Version
from tests import build, tiny_models
from training.versions.promotion import (
    NothingToReturnTo,
    NotPromotable,
    ReasonNeeded,
    StillNeeded,
    promote,
    restore,
    retire,
    roll_back,
    roll_back_from,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def old(db):
    version = build.version("v1")
    Alias.move("champion", version)
    return version


@pytest.fixture
def new(db):
    return build.version("v2")


def previous():
    return Version.objects.get(aliases__name="previous")


def test_what_the_gate_offers_is_promoted_and_logged(old, new, manager):
    assert promote(new, by=manager, offered=True)
    assert (Version.objects.champion(), previous()) == (new, old)
    move = AliasMove.objects.filter(name="champion").first()
    assert (move.before, move.after, move.by, move.reason) == (old, new, manager, "recommended by the release gate")


def test_what_the_gate_does_not_offer_needs_a_reason_that_is_kept(old, new, manager):
    with pytest.raises(ReasonNeeded):
        promote(new, by=manager, reason="  ")
    assert Version.objects.champion() == old
    promote(new, by=manager, reason="shown to the board")
    assert AliasMove.objects.filter(name="champion").first().reason == "shown to the board"


def test_what_was_retired_since_it_was_shown_is_not_promoted(old, new):
    shown = Version.objects.get(pk=new.pk)
    retire(new)
    with pytest.raises(NotPromotable):
        promote(shown, offered=True)
    assert Version.objects.champion() == old


def test_a_second_click_moves_nothing(old, new):
    promote(new, offered=True)
    moves = AliasMove.objects.count()
    assert not promote(new, offered=True)
    assert previous() == old
    assert AliasMove.objects.count() == moves


def test_rolling_back_returns_to_the_previous_and_can_be_undone(old, new):
    promote(new, offered=True)
    assert roll_back() == old
    assert (Version.objects.champion(), previous()) == (old, new)
    assert roll_back() == new


def test_a_second_click_on_rollback_does_not_undo_the_first(old, new):
    promote(new, offered=True)
    assert roll_back_from(new) == old
    assert roll_back_from(new) is None
    assert Version.objects.champion() == old


def test_without_a_previous_there_is_nothing_to_return_to(old):
    with pytest.raises(NothingToReturnTo):
        roll_back()


def test_what_cannot_answer_is_not_promoted(old, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cloud = Version.objects.create(kind="cloud", name="c", model="recorded")
    retired = build.version("r", state="retired")
    half = build.version("h", adapter="runs/1")
    (tmp_path / "runs/1").mkdir(parents=True)
    (tmp_path / "runs/1/adapter_config.json").write_text("{}")
    arm = (old.with_memory(1), f"promote {old}, which reads the memory")
    for version, why in (arm, (cloud, "cloud model"), (retired, "retired"), (half, "adapter_model.safetensors")):
        with pytest.raises(NotPromotable, match=why):
            promote(version, offered=True)
    assert Version.objects.champion() == old


def test_the_next_answer_comes_from_the_new_champion_in_the_same_process(old, new, tmp_path):
    from serving.loading import _load, runtime_for

    for version, architecture in ((old, "qwen3"), (new, "llama")):
        tiny_models.save(tmp_path / architecture, architecture, seed=0)
        Version.objects.filter(pk=version.pk).update(model=str(tmp_path / architecture))
    before = runtime_for(Version.objects.champion())
    promote(new, offered=True)
    assert runtime_for(Version.objects.champion()).model.config.model_type == "llama"
    roll_back()
    assert runtime_for(Version.objects.champion()) is before
    _load.cache_clear()


def test_the_commands_do_the_same(old, new):
    with pytest.raises(CommandError, match="Give a reason"):
        call_command("promote", "v2")
    out = StringIO()
    call_command("promote", "v2", "--reason", "tried by hand", "--json", stdout=out)
    assert '"champion": "v2", "moved": true, "offered": false' in out.getvalue()
    call_command("rollback", "--reason", "worse", stdout=out)
    assert Version.objects.champion() == old
    assert AliasMove.objects.filter(name="champion").first().reason == "worse"


def test_the_commands_name_what_is_missing(old):
    with pytest.raises(CommandError, match="no version named 'v9'"):
        call_command("promote", "v9")
    with pytest.raises(CommandError, match="no previous champion"):
        call_command("rollback")


def test_a_retired_version_is_not_promoted_until_it_is_a_candidate_again(old, new):
    assert retire(new)
    assert not retire(new)
    new.refresh_from_db()
    with pytest.raises(NotPromotable, match="retired"):
        promote(new, reason="all the same")
    assert restore(new)
    new.refresh_from_db()
    assert promote(new, reason="back again")


def test_what_answers_or_would_answer_after_a_rollback_is_not_retired(old, new):
    promote(new, reason="better")
    for version in (old, new):
        with pytest.raises(StillNeeded):
            retire(version)
