"""Figures of a dataset are what its rows say, and are kept until something changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dialogues.models import Dataset
from dialogues.removing import remove
from ecc_site.models import DatasetFigures
from ecc_site.overview import kept
from ecc_site.overview.figures import ByScore, Figures
from ecc_site.overview.kept import read, refresh, shown_of
from ecc_site.overview.stamps import stamp_of, with_stamps
from review.desk.verdicts import record
from scoring.models import Profile, Score, ScorerSet
from serving.models import Alias, Version
from tests import build
from training.labels.from_verdicts import sync_labels
from training.versions import promotion

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def champion(reviewed):
    version = Version.objects.get(name="v1")
    Alias.move("champion", version)
    return version


def test_the_figures_are_those_of_the_test_questions_and_of_people(reviewed, champion, round_, annotator):
    items = list(round_.items.order_by("pk"))
    for item, preference in zip(items, ("end", "both_bad", "reference"), strict=False):
        record(annotator, item, build.verdict_input(preference))
    found = shown_of(reviewed).found
    scored = found.by_score.scored[champion.pk]
    assert (scored.is_held_out, scored.mean.n, scored.mean.value) == (True, 2, pytest.approx(0.75))
    assert (scored.acceptable.value, scored.acceptable.n) == (1.0, 2)
    assert found.by_people.accepted[champion.pk].n == found.by_people.turns == 3
    assert found.by_people.accepted[champion.pk].value == pytest.approx(1 / 3)
    assert [(row.version, row.known) for row in found.by_score.over_time.rows] == [(champion.pk, 8)]
    assert [(row.version, row.known) for row in found.by_people.over_time.rows] == [(champion.pk, 3)]


def test_what_is_kept_is_read_as_it_was_worked_out(reviewed, champion):
    found = shown_of(reviewed).found
    row = DatasetFigures.objects.get()
    assert isinstance(found, Figures)
    assert read(row) == found
    row.figures = {"by_score": {"scored": "?"}}
    assert read(row) is None


def changes_a_score(shop, **_):
    build.scored(shop, build.version("v2"), [0.5] * 8)


def changes_a_profile(shop, manager, **_):
    Profile.objects.revise(shop, ScorerSet.objects.get(), threshold=0.1, author=manager)


def gives_a_verdict(round_, annotator, **_):
    record(annotator, round_.items.first(), build.verdict_input())


def promotes(**_):
    promotion.promote(build.version("v3"), reason="better")


def removes_a_dialogue(shop, **_):
    remove(shop, [shop.dialogues.order_by("-pk").first().pk])


@pytest.mark.parametrize("change", [changes_a_score, changes_a_profile, gives_a_verdict, promotes, removes_a_dialogue])
def test_they_are_worked_out_again_after_a_change_and_not_without_one(
    reviewed, champion, round_, annotator, manager, change, monkeypatch
):
    first = shown_of(reviewed)
    assert shown_of(reviewed).at == first.at
    monkeypatch.setattr(kept, "QUICK_SCORES", 0)
    assert not shown_of(reviewed).is_stale
    change(shop=reviewed, round_=round_, annotator=annotator, manager=manager)
    stale = shown_of(reviewed)
    assert (stale.is_stale, stale.found, stale.at) == (True, first.found, first.at)
    DatasetFigures.objects.update(at=first.at - timedelta(minutes=1))
    assert refresh() == 1
    assert not shown_of(reviewed).is_stale


def test_a_large_dataset_is_left_to_the_worker(reviewed, champion, monkeypatch):
    monkeypatch.setattr(kept, "QUICK_SCORES", 7)
    assert shown_of(reviewed) == kept.Shown(None, is_stale=True)
    assert refresh() == 1
    assert shown_of(reviewed).found.by_score.kind == "human"
    assert refresh() == 0


def test_what_took_long_has_its_rest_before_it_is_worked_out_again(reviewed, champion):
    refresh()
    DatasetFigures.objects.update(stamp="old", took_s=10, at=timezone.now() - timedelta(seconds=199))
    assert refresh() == 0
    DatasetFigures.objects.update(at=timezone.now() - timedelta(seconds=201))
    assert refresh() == 1


def test_what_an_earlier_version_kept_about_corrections_is_not_shown(reviewed, champion):
    assert shown_of(reviewed).found.by_score.kind == "human"
    row = DatasetFigures.objects.get()
    row.figures["by_score"]["kind"] = "correction"
    row.save()
    assert shown_of(reviewed).found.by_score.kind == "human"


def test_the_worker_stops_when_its_time_is_over(reviewed, champion, monkeypatch):
    build.shop("other")
    monkeypatch.setattr(kept, "AT_A_TIME_S", -1)
    assert refresh() == 0


def test_scores_of_other_scorers_say_nothing_of_these(reviewed, champion):
    ScorerSet.objects.create(digest="1" * 64, similarity="new", match="new")
    assert shown_of(reviewed).found.by_score.scored == {}


def test_a_profile_of_whichever_scorers_changes_them(reviewed, manager):
    def stamp():
        return stamp_of(with_stamps(Dataset.objects.all()).get(pk=reviewed.pk), "")

    later = ScorerSet.objects.create(digest="1" * 64, similarity="new", match="new")
    for scorer_set in (build.scorer_set(), later, build.scorer_set()):
        before = stamp()
        Profile.objects.revise(reviewed, scorer_set, threshold=0.1, author=manager)
        assert stamp() != before


def test_scores_beside_corrections_stand_for_nothing_but_themselves(reviewed, champion, round_, annotator):
    before = shown_of(reviewed).found.by_score
    record(annotator, round_.items.first(), build.verdict_input("both_bad", correction="三天内到"))
    sync_labels(reviewed)
    build.graded(reviewed, champion, [0.1] * 8)
    assert Score.objects.latest("pk").kind == "correction"
    assert shown_of(reviewed).found.by_score == before
    assert before.kind == "human"


def test_earlier_scorers_that_are_current_again_are_shown_again(reviewed, champion):
    before = shown_of(reviewed).found.by_score
    earlier = build.scorer_set()
    later = ScorerSet.objects.create(digest="1" * 64, similarity="new", match="new")
    profile = Profile.objects.active_for(reviewed, later)
    for score in Score.objects.all():
        score.pk, score.scorer_set, score.profile = None, later, profile
        score.save()
    earlier.use()
    assert shown_of(reviewed).found.by_score == before != ByScore()


def test_an_empty_dataset_has_empty_figures(db):
    shop = build.shop()
    assert shown_of(shop).found == Figures()
