import json
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from dialogues.models import AnswerJob, Comparison
from dialogues.removing import remove
from ecc_site.core.jobs import reap_all
from scoring import running
from scoring.models import Profile, Score, ScoreJob, ScorerSet
from scoring.running import score_dataset
from scoring.tasks import score_dataset as task
from serving.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def run(dataset):
    job = ScoreJob.objects.create(dataset=dataset)
    job.run(score_dataset)
    job.refresh_from_db()
    return job


def test_components_and_final_are_those_worked_by_hand(compared, scorers):
    job = run(compared)
    assert (job.state, job.done) == ("done", 4)
    third = Score.objects.order_by("comparison__turn")[2]  # query 4, end 2, reference 6 characters
    assert third.similarity == pytest.approx(2 / 6)
    assert third.match_end == pytest.approx(2 / 4)
    assert third.match_cloud == pytest.approx(4 / 6)
    assert third.final == pytest.approx(0.8 * 2 / 6 + 0.2 * 2 / 4)
    assert (third.kind, third.split, third.version.name) == ("human", "dev", "v1")


def test_an_empty_answer_is_known_and_scores_zero(compared, scorers):
    run(compared)
    first = Score.objects.order_by("comparison__turn").first()
    assert first.comparison.end.text == ""
    assert (first.similarity, first.match_end, first.final) == (0, 0, 0)


def test_twice_scores_nothing_again(compared, scorers):
    run(compared)
    asked = scorers.similarity.pairs
    assert run(compared).done == 0
    assert scorers.similarity.pairs == asked
    assert Score.objects.count() == 4


def test_the_scorers_that_scored_last_are_the_current_ones_also_where_nothing_was_new(
    compared, scorers, scorer_set, monkeypatch
):
    run(compared)
    other = ScorerSet.objects.create(similarity="other", match="other", digest="1" * 64)
    assert ScorerSet.objects.current() == scorer_set, "the other has scored nothing"
    monkeypatch.setattr(running, "configured_set", lambda: other)
    run(compared)
    assert ScorerSet.objects.current() == other
    monkeypatch.setattr(running, "configured_set", lambda: scorer_set)
    assert run(compared).done == 0
    assert ScorerSet.objects.current() == scorer_set


def test_migrating_tells_which_scorers_scored_last(compared, scorers, scorer_set):
    idle = ScorerSet.objects.create(similarity="other", match="other", digest="1" * 64)
    run(compared)
    ScorerSet.objects.update(used_at=None)
    import_module("scoring.migrations.0009_fill_used_at").fill(apps, None)
    assert ScorerSet.objects.current().used_at == Score.objects.latest("pk").created_at
    assert ScorerSet.objects.get(used_at=None) == idle


def test_it_goes_on_after_a_kill(compared, scorers, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    scored = scorers.similarity.score

    def die(left, right):
        if Score.objects.count() == 2:
            raise KeyboardInterrupt
        return scored(left, right)

    monkeypatch.setattr(scorers.similarity, "score", die)
    with pytest.raises(KeyboardInterrupt):
        run(compared)
    assert Score.objects.count() == 2
    monkeypatch.setattr(scorers.similarity, "score", scored)
    job = run(compared)
    assert (job.done, Score.objects.count()) == (2, 4)


def test_what_is_removed_while_it_is_scored_has_no_score_and_the_rest_has(compared, scorers, monkeypatch):
    scored = running._scores

    def then_one_is_removed(*of):
        scores = scored(*of)
        remove(compared, [scores[0].comparison.turn.dialogue_id])
        return scores

    monkeypatch.setattr(running, "_scores", then_one_is_removed)
    job = run(compared)
    assert (job.state, job.error) == ("done", "")
    assert Score.objects.count() == Comparison.objects.count() > 0
    connection.check_constraints()


def test_scores_wait_for_the_answers_that_are_being_written(compared, scorers):
    AnswerJob.objects.create(dataset=compared, version=Version.objects.get())
    job = ScoreJob.objects.create(dataset=compared)
    assert job.must_wait()
    with pytest.raises(Exception, match="Retry"):
        task.apply(args=[job.pk], throw=True, retries=0)
    job.refresh_from_db()
    assert job.state == "queued"


def test_scores_that_wait_are_not_sent_a_second_time(compared, scorers):
    """Their message goes round already, however long that lasts."""
    AnswerJob.objects.create(dataset=compared, version=Version.objects.get())
    job = ScoreJob.objects.create(dataset=compared, sent_at="2020-01-01T00:00Z")
    with pytest.raises(Exception, match="Retry"):
        task.apply(args=[job.pk], throw=True, retries=0)
    assert not ScoreJob.objects.unsent().exists()


def test_a_new_profile_rebuilds_the_kept_final(compared, scorers, scorer_set):
    run(compared)
    profile = Profile.objects.revise(compared, scorer_set, alpha=0.0, theta=0.0, reason="matching only")
    assert Score.objects.refresh_final(profile) == 4
    for score in Score.objects.all():
        assert score.final == pytest.approx(score.match_end)
        assert score.profile == profile


def test_revisions_are_kept_and_one_is_active(compared, scorer_set):
    first = Profile.objects.active_for(compared, scorer_set)
    second = Profile.objects.revise(compared, scorer_set, alpha=0.5)
    first.refresh_from_db()
    assert (first.revision, first.active, second.revision, second.active) == (1, False, 2, True)
    assert Profile.objects.active_for(compared, scorer_set) == second


def test_the_default_profile_takes_the_scorers_own_theta(compared, scorer_set):
    scorer_set.theta = 0.37
    assert Profile.objects.active_for(compared, scorer_set).theta == 0.37


def test_the_command_says_how_many(compared, scorers, capsys):
    call_command("score", "shop", "--json")
    assert json.loads(capsys.readouterr().out)["scored"] == Comparison.objects.count()


def test_the_command_refuses_an_unknown_dataset(db):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("score", "nowhere")


def test_scores_that_are_asked_for_while_others_are_made_are_made_afterwards(compared, scorers):
    first = ScoreJob.objects.ask(dataset=compared)
    assert ScoreJob.objects.ask(dataset=compared) is None, "the one that waits will see everything"

    def asked_in_the_middle(job):
        score_dataset(job)
        assert ScoreJob.objects.ask(dataset=compared) is None

    first.run(asked_in_the_middle)
    following = first.follow_up()
    assert (following.state, following.dataset) == ("queued", compared)
    following.run(score_dataset)
    assert following.follow_up() is None


def test_a_cancelled_score_job_has_no_follower(compared):
    job = ScoreJob.objects.ask(dataset=compared)
    assert job.claim()
    ScoreJob.objects.ask(dataset=compared)
    ScoreJob.objects.filter(pk=job.pk).update(state="cancelled")
    assert job.follow_up() is None


def test_what_was_asked_for_meanwhile_is_done_although_the_worker_died_at_the_end(compared):
    ended = ScoreJob.objects.create(dataset=compared, state="done", asked_again=True)
    reap_all()
    ended.refresh_from_db()
    assert not ended.asked_again
    assert ScoreJob.objects.filter(dataset=compared, state="queued").count() == 1
    reap_all()
    assert ScoreJob.objects.filter(dataset=compared).count() == 2
