"""The licence of a scorer as a subject: by language, without verdicts that the score may have led."""

import numpy as np
import pytest

from dialogues.models import Dialogue
from review.calibration.estimating.licence import Outcome, licence_of
from review.calibration.kept import found_of, same_work, work_out
from review.calibration.material import Filter, judged_material_of
from review.calibration.source import Source, tell_nobody
from review.calibration.subjects import licence
from review.models import CalibrationJob, VerdictRevision
from scoring.models import Score
from tests import build

pytestmark = pytest.mark.django_db
LOW, HIGH = ["reference"], ["end"]


@pytest.fixture
def shop(db):
    """Forty dialogues of one question; of the replies of v1 the first half scores .1, the other .9."""
    made = build.shop(splits=["train"] * 40)
    build.scored(made, build.version("v1"), [0.1] * 20 + [0.9] * 20)
    return made


@pytest.fixture
def agreed(shop, person, reviewed_by):
    """Three people have judged all of them, the worst first, and say what the score says, or the opposite."""

    def give(preferences):
        made = build.make_round(build.round_spec(shop, order="worst", overlap=3, scores="after"))
        for name in ("ann", "bob", "cid"):
            reviewed_by(made, person(name, "annotator"), preferences)
        made.refresh_from_db()
        return made

    return give


def source_of(shop, **values):
    return Source.of(Filter(shop, build.scorer_set(), "human", **values))


def test_who_says_what_people_say_passes(shop, agreed):
    agreed(LOW * 20 + HIGH * 20)
    found = licence.work_out(source_of(shop), tell_nobody)
    [own] = found.languages
    assert (own.language, own.shared, own.people, own.licence.outcome) == ("en", 40, 3, Outcome.PASSED)
    assert (own.licence.winning_rate, own.licence.advantage) == (1, 1)
    assert found.outcomes == {"en": "passed"} and found.in_sight == 0


def test_who_says_the_opposite_fails(shop, agreed):
    agreed(HIGH * 20 + LOW * 20)
    [own] = licence.work_out(source_of(shop), tell_nobody).languages
    assert (own.licence.outcome, own.licence.winning_rate, own.licence.advantage) == (Outcome.FAILED, 0, 0)
    assert len(own.licence.against) == 3


def test_it_is_the_test_of_the_threshold_by_dialogue(shop, agreed):
    agreed(LOW * 15 + HIGH * 25)
    source = source_of(shop)
    material = judged_material_of(source.chosen)
    answers = (material.replies.final(source.parameters) >= 0.5).astype(float)
    wanted = licence_of(answers, material.said.opinions(), material.replies.dialogue)
    assert licence.work_out(source, tell_nobody).languages[0].licence == wanted


def test_each_language_has_its_own(shop, agreed):
    agreed(LOW * 20 + HIGH * 20)
    some = Dialogue.objects.order_by("pk").values_list("pk", flat=True)[:5]
    Dialogue.objects.filter(pk__in=list(some)).update(language="zh")
    outcomes = licence.work_out(source_of(shop), tell_nobody).outcomes
    assert outcomes == {"zh": "too few", "en": "passed"}


def test_verdicts_with_the_score_in_sight_do_not_count(shop, agreed):
    agreed(LOW * 20 + HIGH * 20)
    first = list(VerdictRevision.objects.order_by("pk").values_list("pk", flat=True)[:40])
    VerdictRevision.objects.filter(pk__in=first).update(scores_seen=True)
    found = licence.work_out(source_of(shop), tell_nobody)
    assert found.in_sight == 40 and found.languages[0].people == 2
    assert found.outcomes == {"en": "too few"}


def test_unknown_scores_are_no_answers(shop, agreed):
    agreed(LOW * 20 + HIGH * 20)
    unknown = list(Score.objects.order_by("pk").values_list("pk", flat=True)[:11])
    Score.objects.filter(pk__in=unknown).update(similarity=None, final=None)
    [own] = licence.work_out(source_of(shop), tell_nobody).languages
    assert own.shared == 29 and own.licence.outcome == Outcome.TOO_FEW


def test_a_job_keeps_it_however_little_there_is(shop, agreed, django_assert_num_queries):
    agreed(LOW * 20 + HIGH * 20)
    chosen = source_of(shop).chosen
    assert found_of(chosen, "licence") is None
    CalibrationJob.objects.create(**same_work(chosen)).run(work_out)
    with django_assert_num_queries(1):
        found, at = found_of(chosen, "licence")
    assert found == licence.work_out(Source.of(chosen), tell_nobody) and at
    assert np.isfinite(found.languages[0].licence.against[0].p)
