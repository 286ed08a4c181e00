"""Why a comparison has its score, on a page of its own and beside the answer in its dialogue."""

import pytest
from django.urls import reverse

from dialogues.models import Answer, Turn
from ecc_site.models import NearestJob
from ecc_site.nearest import find_nearest
from knowledge.models import Entry
from review.desk.verdicts import record
from review.models import RoundItem
from scoring.models import Profile, Score
from tests import build
from training.models import Checkpoint, LearnedTurn

pytestmark = [pytest.mark.django_db, pytest.mark.database]
HTMX = {"HX-Request": "true"}


def why(client, score, **asked) -> str:
    return client.get(reverse("why", args=[score.pk]), **asked).content.decode()


@pytest.fixture
def score(reviewed):
    """Of `customer 0.0`, answered `v1 customer 0.0`; the reference is `agent 0.0`."""
    return Score.objects.get(comparison__turn__text="customer 0.0")


# --- the rule


def test_the_rule_is_told_in_words_with_its_profile(as_manager, score):
    Score.objects.filter(pk=score.pk).update(similarity=0.62, match_end=0.4, match_cloud=0.31, final=0.576)
    page = why(as_manager, score)
    assert "0.8 × 0.62 similarity + 0.2 × 0.40 match = 0.58. Acceptable from 0.50 on: yes." in page
    assert "With Θ above 0.31 similarity alone would count: 0.62." in page
    assert "α = 0.80" in page
    assert f"/scores/?dataset={score.dataset_id}&amp;kind=human&amp;version={score.version_id}" in page
    assert "a newer revision is active" not in page
    Profile.objects.revise(score.dataset, score.scorer_set, theta=0.4, reason="x")
    assert "a newer revision is active" in why(as_manager, score)


def test_an_unknown_score_says_what_is_unknown(as_manager, score):
    Score.objects.filter(pk=score.pk).update(similarity=None, match_end=None, match_cloud=None, final=None)
    page = why(as_manager, score)
    assert "How similar the answer is to the reference is unknown" in page
    assert 'class="parts"' not in page


def test_an_empty_answer_is_known_and_said_to_be_empty(as_manager, score):
    Answer.objects.filter(compared=score.comparison).update(text="")
    Score.objects.filter(pk=score.pk).update(similarity=0, match_end=0, match_cloud=0.31, final=0)
    page = why(as_manager, score)
    assert "The answer is empty" in page
    assert "∅" in page


def test_common_words_are_marked(as_manager, score):
    page = why(as_manager, score)
    assert '<mark class="end">customer</mark>' in page, "the question has it with the answer"
    assert '<mark class="customer">0</mark>' not in page, "both others have the number"
    assert 'both">0</mark>' in page


def test_the_dialogue_offers_it_beside_each_score(as_manager, score):
    page = as_manager.get(reverse("dialogue", args=[score.comparison.turn.dialogue_id])).content.decode()
    assert f'hx-get="{reverse("why", args=[score.pk])}"' in page
    assert f'href="{reverse("why", args=[score.pk])}"' in page, "also without a script"
    fragment = why(as_manager, score, headers=HTMX)
    assert fragment.lstrip().startswith(f'<div class="why" id="why-{score.pk}">')


def test_the_number_of_questions_is_bounded(world, as_manager, django_assert_max_num_queries):
    Score.objects.filter(pk=world.score.pk).update(version=world.trained)
    address = reverse("why", args=[world.score.pk])
    as_manager.get(address)
    with django_assert_max_num_queries(14):
        shown = as_manager.get(address, headers=HTMX).content.decode()
    assert "What trained" in shown


# --- what is nearest


@pytest.fixture
def taught(score):
    """An accepted reply, an entry and a learned turn, each for another question than that of the score."""
    other, third = Turn.objects.get(text="customer 1.0"), Turn.objects.get(text="customer 2.0")
    round_ = build.make_round(build.round_spec(score.dataset))
    item = RoundItem.objects.get(comparison__turn=other)
    record(build.person("reader", "annotator"), item, build.verdict_input("both_bad", correction="as it should be"))
    Entry.objects.add(by=None, wordings=["customer 0"], kind="reply", source="page", text="remembered")
    build.label(third, "learned reply")
    run = build.run(score.dataset, build.version("base"), learned=[])
    Checkpoint.objects.create(run=run, step=1, version=score.version)
    LearnedTurn.objects.record(run, [third.pk, score.comparison.turn_id])
    return round_


def looked(score) -> NearestJob:
    job = NearestJob.objects.get(score=score)
    job.run(find_nearest)
    job.refresh_from_db()
    return job


def test_a_worker_finds_what_is_nearest_and_the_page_shows_it(as_manager, score, taught):
    address = reverse("nearest", args=[score.pk])
    assert "Find the nearest replies" in why(as_manager, score)
    waiting = as_manager.post(address, headers=HTMX).content.decode()
    assert f'hx-get="{address}"' in waiting
    job = looked(score)
    assert (job.state, job.error) == ("done", "")
    shown = as_manager.get(address, headers=HTMX).content.decode()
    for words in ("as it should be", "correction", "remembered", "learned reply", "customer 2.0"):
        assert words in shown
    assert "hx-trigger" not in shown.split("<form")[0], "it is not asked again"
    assert "among 1 accepted replies, 1 entries and 2 learned turns" in " ".join(shown.split())
    assert "as it should be" in why(as_manager, score), "and on the page"


def test_what_is_gone_since_is_left_out(as_manager, score, taught):
    as_manager.post(reverse("nearest", args=[score.pk]))
    looked(score)
    Entry.objects.filter(text="remembered").get().remove(by=None)
    type(taught.verdicts.first()).objects.update(withdrawn=True)
    shown = why(as_manager, score)
    assert "remembered" not in shown
    assert "as it should be" not in shown


def test_looking_again_replaces_what_was_found_and_twice_is_once(as_manager, score, taught):
    address = reverse("nearest", args=[score.pk])
    for _ in range(2):
        as_manager.post(address)
    assert NearestJob.objects.filter(score=score).count() == 1
    looked(score)
    assert as_manager.post(address).url == reverse("why", args=[score.pk])
    assert NearestJob.objects.get(score=score).state == "queued"


def test_a_version_that_was_not_trained_here_learned_nothing_here(as_manager, score):
    as_manager.post(reverse("nearest", args=[score.pk]))
    looked(score)
    shown = why(as_manager, score)
    assert "This version was not trained here" in shown
    assert "The memory has nothing in this language yet." in shown
    assert "People have accepted no reply to another question yet." in shown


def test_a_scorer_that_cannot_be_read_is_told(as_manager, score, settings):
    settings.SIMILARITY_MODEL = "nowhere/at-all"
    as_manager.post(reverse("nearest", args=[score.pk]))
    assert looked(score).state == "failed"
    assert "cannot be" in why(as_manager, score)


def test_without_htmx_the_address_of_the_fragment_leads_to_the_page(as_manager, score):
    assert as_manager.get(reverse("nearest", args=[score.pk])).url == reverse("why", args=[score.pk])
