"""What a manager tries on the score page, and what becomes of it when it is saved."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from ecc_site.core.models import Act, AuditEntry
from scoring.models import Profile, ProfileJob, Score
from scoring.profiles import bring_final_scores_up_to_date, catch_up, change
from tests import build

pytestmark = pytest.mark.django_db
TRIED = {"alpha": "0.8", "theta": "0.2", "threshold": "0.3"}


@pytest.fixture
def shop():
    """Final scores that do not depend on α: their references match the questions poorly."""
    made = build.shop(splits=["train"] * 4 + ["test"])
    build.scored(made, build.version("v1"), [0.1, 0.35, 0.45, 0.9, None])
    build.scored(made, build.version("v2"), [0.2, 0.3, 0.5, 0.8, 0.4])
    return made


def tried(client, shop, **changes):
    chosen = {"dataset": shop.pk, "kind": "human"}
    return client.get(reverse("scores:what-if"), chosen | TRIED | changes)


def test_it_says_how_many_answers_change_sides_and_which(as_manager, shop):
    page = tried(as_manager, shop)
    text = page.content.decode()
    assert "4 answers would become acceptable, 0 would no longer be." in text
    assert [row.final for row, _final, _ok in page.context["changed"]] == [0.35, 0.45, 0.3, 0.4]
    assert text.count(">question 1<") == 2


def test_higher_thresholds_take_answers_away(as_manager, shop):
    text = tried(as_manager, shop, threshold="0.85").content.decode()
    assert "0 answers would become acceptable, 2 would no longer be." in text


def test_the_active_values_change_nothing(as_manager, shop):
    page = tried(as_manager, shop, threshold="0.5")
    assert "These are the active values." in page.content.decode()
    assert page.context["changed"] == []


def test_it_follows_the_filters(as_manager, shop):
    names = [name for name, _now, _then in tried(as_manager, shop, split="test").context["rows"]]
    assert names == ["v1", "v2"]
    [(name, now, _then)] = tried(as_manager, shop, version=build_version("v2").pk).context["rows"]
    assert (name, now.total) == ("v2", 5)


def build_version(name):
    from serving.models import Version

    return Version.objects.get(name=name)


@pytest.mark.parametrize("changes", [{"alpha": "2"}, {"theta": "nan"}, {"threshold": ""}])
def test_what_is_no_number_from_0_to_1_gets_a_sentence(as_manager, shop, changes):
    answer = tried(as_manager, shop, **changes)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_without_scores_there_is_nothing_to_try(as_manager, db):
    assert "Nothing has been scored yet." in as_manager.get(reverse("scores:what-if"), TRIED).content.decode()


def test_what_is_tried_is_asked_in_a_few_queries_however_many_scores(as_manager, shop, django_assert_max_num_queries):
    tried(as_manager, shop)
    with django_assert_max_num_queries(16):
        tried(as_manager, shop)


def saved(client, shop, **changes):
    values = {"dataset": shop.pk, "reason": "fits what people said", "name": "strict", "alpha": "0.5"}
    return client.post(reverse("scores:save-profile"), TRIED | values | changes, follow=True)


def test_saved_it_is_the_active_profile_and_the_stored_scores_follow(as_manager, shop, manager):
    Score.objects.update(match_cloud=0.9, match_end=0.2)
    page = saved(as_manager, shop)
    assert "Revision 2 is active." in page.content.decode()
    profile = Profile.objects.get(active=True)
    assert (profile.alpha, profile.theta, profile.threshold) == (0.5, 0.2, 0.3)
    assert (profile.name, profile.reason, profile.author) == ("strict", "fits what people said", manager)
    assert AuditEntry.objects.filter(act=Act.REVISED_PROFILE, by=manager).exists()
    job = ProfileJob.objects.get()
    job.run(bring_final_scores_up_to_date)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 10, 10)
    for score in Score.objects.exclude(similarity=None):
        assert score.profile == profile
        assert score.final == pytest.approx(0.5 * score.similarity + 0.5 * 0.2)


def test_a_reason_is_wanted(as_manager, shop):
    saved(as_manager, shop, reason="")
    assert Profile.objects.get().revision == 1


def test_what_cannot_be_saved_stays_in_the_form_and_its_field_is_named(as_manager, shop):
    address = f"{reverse('scores:save-profile')}?dataset={shop.pk}&kind=human&tab=time"
    typed = {"dataset": shop.pk, "name": "strict", "reason": "", **TRIED}
    page = as_manager.post(address, typed, follow=True)
    said = page.content.decode()
    assert "Reason: This field is required." in said
    assert 'value="strict"' in said
    assert page.context["save"]["alpha"].value() == float(TRIED["alpha"])
    assert page.context["tab"].name == "time"
    again = as_manager.get(reverse("scores:room"), {"dataset": shop.pk, "kind": "human"})
    assert 'value="strict"' not in again.content.decode(), "once"


def test_however_much_was_typed_the_address_stays_short_and_another_dataset_does_not_get_it(as_manager, shop):
    address = f"{reverse('scores:save-profile')}?kind=human"
    typed = {"dataset": shop.pk, "name": "strict", "reason": "长" * 5000, **TRIED}
    answer = as_manager.post(address, typed)
    assert len(answer.url) < 200
    assert f"dataset={shop.pk}" in answer.url
    other = build.shop("other")
    assert 'value="strict"' not in as_manager.get(reverse("scores:room"), {"dataset": other.pk}).content.decode()
    assert 'value="strict"' in as_manager.get(answer.url).content.decode()


def test_an_earlier_revision_is_taken_again_as_a_new_one(as_manager, shop):
    first = Profile.objects.get()
    saved(as_manager, shop)
    page = as_manager.post(reverse("scores:take-profile-again", args=[first.pk]), follow=True)
    active = Profile.objects.get(active=True)
    assert (active.revision, active.alpha, active.threshold) == (3, first.alpha, first.threshold)
    assert "revision 1 again" in page.content.decode()


def test_scores_stored_under_a_replaced_profile_are_caught_up_with(shop):
    profile = Profile.objects.get()
    Profile.objects.revise(shop, profile.scorer_set, alpha=0.1)
    catch_up(shop)
    job = ProfileJob.objects.get()
    job.run(bring_final_scores_up_to_date)
    assert not Score.objects.outdated(Profile.objects.get(active=True)).exists()
    catch_up(shop)
    assert ProfileJob.objects.count() == 1


def test_the_rows_end_under_the_profile_that_became_active_meanwhile(shop):
    scorer_set = Profile.objects.get().scorer_set
    Profile.objects.revise(shop, scorer_set, alpha=0.1)
    job = ProfileJob.objects.create(dataset=shop)
    job.on_progress = lambda: job.done == 10 and Profile.objects.revise(shop, scorer_set, alpha=0.3)
    job.run(bring_final_scores_up_to_date)
    assert {score.profile.alpha for score in Score.objects.select_related("profile")} == {0.3}


def test_an_address_sets_the_sliders_and_shows_at_once_what_would_change(as_manager, shop):
    room, chosen = reverse("scores:room"), {"dataset": shop.pk, "kind": "human"}
    page = as_manager.get(room, chosen | {"alpha": "0.62", "theta": "0.31"})
    initial = page.context["save"].initial
    assert (initial["alpha"], initial["theta"], initial["threshold"]) == (0.62, 0.31, 0.5)
    assert "input delay:60ms, load" in page.content.decode()
    for others in ({}, {"alpha": "7"}, {"alpha": "0.8"}):
        page = as_manager.get(room, chosen | others)
        assert page.context["save"].initial["alpha"] == 0.8
        assert "input delay:60ms, load" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_two_managers_who_save_at_once_both_get_a_revision(shop, manager):
    """As far as the database can do two things at once."""
    scorer_set, ready = Profile.objects.get().scorer_set, threading.Barrier(2)

    def save(alpha):
        ready.wait()
        try:
            return change(shop, scorer_set, manager, alpha=alpha, theta=0.2, threshold=0.5).revision
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, (0.4, 0.6))) == [2, 3]
    assert Profile.objects.filter(active=True).count() == 1
