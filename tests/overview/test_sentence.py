"""The overview in one sentence."""

import pytest

from ecc_site.overview.candidate import waiting_candidate
from ecc_site.overview.figures import ByPeople, ByScore, Figures, ScoredVersion
from ecc_site.overview.sentence import Sentence, in_percent, sentence_of
from review.agreement.measures.estimates import Estimate
from serving.models import Alias, Version
from tests import build
from training.evaluation.assessing import assess
from training.evaluation.sets import gate_set

pytestmark = pytest.mark.django_db
SHARE = Estimate(0.18, 0.16, 0.2, 1234)


@pytest.fixture
def champion():
    version = build.version("embedded-end")
    Alias.move("champion", version)
    return version


def figures(champion, *, is_held_out=True, accepted=None, is_drawn=False, **values) -> Figures:
    by_score = ByScore("human", scored={champion.pk: ScoredVersion(SHARE, SHARE, is_held_out)})
    by_people = ByPeople({champion.pk: accepted}, is_drawn) if accepted else ByPeople()
    return Figures(by_score, by_people, **values)


def test_it_says_who_answers_how_many_are_acceptable_and_what_waits(champion):
    waiting = build.version("lora-450")
    found = figures(champion, accepted=SHARE, candidate=waiting.pk, outcome="worse")
    assert sentence_of(found, champion, {waiting.pk: waiting}) == Sentence(
        "embedded-end answers customers.",
        "18% [16, 20] of its answers to unseen questions are acceptable by the automatic score "
        "(reference: human agent, n = 1,234).",
        "People accept 18% [16, 20] of those that they reviewed (n = 1,234).",
        "lora-450 waits and is worse.",
        waiting,
    )


def test_it_says_what_the_shares_are_of(champion):
    said = sentence_of(figures(champion, is_held_out=False, accepted=SHARE, is_drawn=True), champion, {})
    assert said.by_score.startswith("18% [16, 20] of its answers are acceptable")
    assert said.by_score.endswith("(reference: human agent, n = 1,234).")
    assert "of those drawn at random" in said.by_people
    assert in_percent(Estimate(1.0, None, None, 1)) == "100%"


@pytest.mark.parametrize("outcome", ["better", "worse", "undecided", "few", "partial", "unassessed", "unmeasured"])
def test_every_outcome_of_the_gate_has_its_words(champion, outcome):
    waiting = build.version("lora-450")
    said = sentence_of(figures(champion, candidate=waiting.pk, outcome=outcome), champion, {waiting.pk: waiting})
    assert said.candidate.startswith("lora-450 waits")


@pytest.mark.parametrize("state", ["retired", "champion"])
def test_what_was_decided_meanwhile_does_not_wait(champion, state):
    waiting = champion if state == "champion" else build.version("lora-450", state=state)
    said = sentence_of(figures(champion, candidate=waiting.pk, outcome="better"), champion, {waiting.pk: waiting})
    assert (said.candidate, said.waiting) == ("", None)


def test_before_anything_is_known_it_says_only_that():
    assert sentence_of(None, None, {}).answers == "No model answers customers yet."


def test_without_scores_it_says_so(champion):
    assert sentence_of(Figures(), champion, {}).by_score == "Its answers in this dataset are not scored."
    assert sentence_of(None, champion, {}).by_score == ""


# --- what waits


@pytest.fixture
def shop():
    return build.shop(splits=["test"] * 30)


def made_by_a_run(shop, champion, name):
    version = build.version(name)
    build.run(shop, champion, state="done", best=version)
    return version


def test_a_run_leaves_a_candidate_that_is_not_measured(shop, champion):
    assert waiting_candidate(champion) is None
    version = made_by_a_run(shop, champion, "lora-1")
    candidate = waiting_candidate(champion)
    assert (candidate.version, candidate.outcome()) == (version, "unmeasured")


def test_the_newest_that_the_gate_has_seen_waits_with_its_outcome(shop, champion):
    build.scored(shop, champion, [0.4] * 30)
    for name, final in (("lora-1", 0.3), ("lora-2", 0.5)):
        build.scored(shop, made_by_a_run(shop, champion, name), [final] * 30)
        assess(Version.objects.get(name=name), champion, gate_set(shop, "human"))
    candidate = waiting_candidate(champion)
    assert (candidate.version.name, candidate.outcome()) == ("lora-2", "better")
    Version.objects.filter(name="lora-2").update(state="retired")
    candidate = waiting_candidate(champion)
    assert (candidate.version.name, candidate.outcome()) == ("lora-1", "worse")


def test_what_a_rollback_returns_to_does_not_wait(shop, champion):
    version = made_by_a_run(shop, champion, "lora-1")
    Alias.move("previous", version)
    assert waiting_candidate(champion) is None
    assert waiting_candidate(None) is None
