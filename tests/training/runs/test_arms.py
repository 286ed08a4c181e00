"""Four arms on three strata: what the memory brought, what the weights brought, and where."""

import pytest
from django.urls import reverse

from dialogues.models import AnswerJob, EvalSet
from ecc_site.core.models import AuditEntry
from knowledge.models import Entry
from review.desk.verdicts import record
from review.human_replies import active_replies
from scoring.models import Profile, Score, ScoreJob
from serving.models import Alias
from serving.runtimes.protocol import EVALUATION
from tests import build
from tests.build import make_round
from training.labels.from_verdicts import sync_labels
from training.models import Label
from training.runs.arms import arms_of, remembered_of, start_arms, versions_of
from training.runs.create import _freeze_sets, settle
from training.runs.nearness import nearness

pytestmark = pytest.mark.django_db
TEST, NEAR_ONES = 40, 20
# By arm: what is taught (2 turns), near (20 turns) and far (20 turns) scores.
LEVELS = {"now": (0.1, 0.3, 0.5), "memory": (0.1, 0.5, 0.5), "weights": (0.8, 0.3, 0.48), "both": (0.8, 0.52, 0.49)}


@pytest.fixture
def shop(db):
    texts = [("怎么退货", "7天内"), ("发什么快递", "中通")]
    train = [build.record(*pair, split="train") for pair in texts]
    test = [build.record(f"test {i}", f"reply {i}", split="test") for i in range(TEST)]
    made = build.dataset(*train, *test)
    type(made).objects.update(remembers_at_once=True)
    made.refresh_from_db()
    return made


@pytest.fixture
def run(shop, annotator):
    """Both train questions are corrected and remembered; a run has learned them."""
    base = build.version("v1", reads_memory=True)
    Alias.move("champion", base)
    build.scorer_set()
    build.answered(shop, base, settings_hash=EVALUATION.digest)
    round_ = make_round(build.round_spec(shop, order="random"), by=None)
    for item in round_.items.all():
        record(annotator, item, build.verdict_input("both_bad", correction=f"better {item.pk}"))
    sync_labels(shop)
    made = build.run(shop, base)
    made.best = build.version("lora-4", model=base.model, adapter="runs/1", base=base)
    _freeze_sets(made)
    made.save()
    test = list(EvalSet.objects.get(pk=made.held_out_id).items.order_by("id").values_list("turn", flat=True))
    made.nearness = {str(turn): 0.7 if i < NEAR_ONES else 0.1 for i, turn in enumerate(test)}
    made.save()
    return made


def measure(run, levels=LEVELS):
    """Final scores with a small spread, as if all arms had been answered and scored."""
    for name, version in versions_of(run).items():
        taught, near, far = levels[name]
        finals = (
            [taught] * 2
            + [near + 0.001 * i for i in range(NEAR_ONES)]
            + [far + 0.001 * i for i in range(TEST - NEAR_ONES)]
        )
        if not version.answers.exists():
            build.answered(run.dataset, version, settings_hash=EVALUATION.digest)
        build.graded(run.dataset, version, finals)


@pytest.mark.database
def test_the_arms_are_the_weights_of_both_with_the_memory_before_and_after(run):
    arms = versions_of(run)
    assert (run.memory_before, run.memory_after) == (0, 2)
    assert [str(version) for version in arms.values()] == ["v1", "v1 + memory 2", "lora-4", "lora-4 + memory 2"]


def test_what_was_remembered_before_is_no_merit_of_the_first_run(shop, request):
    Entry.objects.add(by=None, wordings=["q"], kind="reply", source="import", text="r")
    first = request.getfixturevalue("run")
    assert (first.memory_before, first.memory_after) == (1, 3)
    assert [str(version) for version in versions_of(first).values()][:2] == ["v1 + memory 1", "v1 + memory 3"]


def test_what_is_left_out_of_a_draft_does_not_count_as_taught(run):
    type(run).objects.update(state="draft")
    left_out, kept = Label.objects.order_by("id")
    settle(run, {kept.pk}, {left_out.pk}, 3)
    assert list(run.before.items.values_list("turn", flat=True)) == [kept.turn_id]
    type(run).objects.update(state="queued")
    settle(run, {left_out.pk}, {kept.pk}, 0)
    run.refresh_from_db()
    assert (run.left_out, run.wordings, run.before.items.count()) == ([left_out.pk], 3, 1), "it is no draft any more"


def test_the_next_run_begins_with_the_memory_of_the_last(run, shop):
    Entry.objects.add(by=None, wordings=["q"], kind="reply", source="page", text="r")
    later = build.run(shop, run.base)
    _freeze_sets(later)
    assert (later.memory_before, later.memory_after) == (2, 3)


@pytest.mark.database
def test_each_arm_is_answered_and_near_questions_are_noted(run, monkeypatch):
    monkeypatch.setattr("training.runs.arms.nearness", lambda *sets: {7: 0.123456})
    start_arms(run)
    run.refresh_from_db()
    assert run.nearness == {"7": 0.1235}
    asked = AnswerJob.objects.values_list("version__name", "eval_set__purpose")
    arms = ("v1 + memory 2", "lora-4", "lora-4 + memory 2")
    assert set(asked) == {(arm, purpose) for arm in arms for purpose in ("taught", "held_out")}


def test_the_table_tells_memory_and_weights_apart(run):
    measure(run)
    found = arms_of(run)
    assert (found.taught.pairs, found.near.pairs, found.far.pairs) == (2, 20, 20)
    near = found.near
    assert (near.memory_gain.mean, near.weights_gain.mean) == (pytest.approx(0.2), pytest.approx(0))
    assert (near.both_gain.mean, near.weights_beside_memory.mean) == (pytest.approx(0.22), pytest.approx(0.02))
    assert found.outcome == "better"


@pytest.mark.parametrize(
    ("both", "outcome"),
    [((0.8, 0.52, 0.4), "costly"), ((0.8, 0.2, 0.5), "worse"), ((0.8, 0.3, 0.5), "undecided")],
)
def test_the_outcome_is_that_of_the_near_questions_and_the_others_may_not_pay(run, both, outcome):
    measure(run, LEVELS | {"both": both})
    assert arms_of(run).outcome == outcome


def test_without_near_questions_nothing_is_claimed(run):
    type(run).objects.update(nearness={})
    run.refresh_from_db()
    measure(run)
    found = arms_of(run)
    assert (found.near, found.outcome, found.far.pairs) == (None, "undecided", TEST)


def test_while_an_arm_is_not_measured_there_is_no_table(run):
    assert arms_of(run) is None
    assert arms_of(build.run(run.dataset, run.base)) is None


def test_the_page_begins_with_the_sentence(run, as_manager):
    measure(run)
    page = as_manager.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "Remembers 2 of 2." in page
    assert "On 20 unseen questions near them better: +0.220" in page
    assert "The memory brought +0.200, the weights +0.020." in page
    assert page.count("data-stratum") == 3
    Entry.objects.first().remove(by=None)
    assert remembered_of(run) == (1, 2)
    assert len(list(active_replies(run.dataset))) == 2


def test_nearness_is_the_similarity_to_the_nearest_taught_question(run):
    near = nearness(run.before, run.before)
    assert all(value == pytest.approx(1, abs=1e-2) for value in near.values())
    assert all(value < 0.5 for value in nearness(run.before, run.held_out).values())


@pytest.mark.parametrize(
    ("both", "decision", "primary"),
    [
        ((0.8, 0.56, 0.5), "help", "Promote lora-4<"),
        ((0.8, 0.56, 0.4), "nothing", "Keep v1<"),  # elsewhere they lose too much
        ((0.8, 0.5, 0.5), "nothing", "Keep v1<"),
        ((0.8, 0.4, 0.5), "harm", "Keep v1<"),
    ],
)
def test_the_button_is_the_one_that_the_weights_support_and_the_other_needs_a_reason(
    run, as_manager, both, decision, primary
):
    measure(run, LEVELS | {"both": both})
    page = as_manager.get(reverse("training:run", args=[run.pk])).content.decode()
    chosen = page.partition(f'data-decision="{decision}"')[2].partition("data-stratum")[0]
    assert primary in chosen.partition('class="button primary"')[2].partition("/button")[0]
    assert "required" in chosen.partition("<details>")[2]


def test_what_moved_most_is_shown_both_ways(run, as_manager):
    measure(run, LEVELS | {"both": (0.8, 0.6, 0.4)})
    moved = as_manager.get(reverse("training:run", args=[run.pk])).context["moved"]
    assert [len(moved.best), len(moved.worst)] == [3, 3]
    assert min(pair.gain for pair in moved.best) > 0 > max(pair.gain for pair in moved.worst)


def test_kept_the_new_version_is_retired_with_the_reason(run, as_manager, manager):
    measure(run)
    as_manager.post(reverse("training:retire", args=[run.best_id]), {"state": "retired", "reason": "too slow"})
    page = as_manager.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "lora-4 was set aside; v1 keeps answering customers" in page
    assert AuditEntry.objects.get(act="retired").detail == "too slow"


def test_few_near_questions_and_a_set_that_is_half_measured_conclude_nothing(run):
    measure(run)
    run.nearness = {turn: value if i < 3 else 0.1 for i, (turn, value) in enumerate(run.nearness.items())}
    few = arms_of(run)
    assert (few.near.pairs, few.outcome, few.weights) == (3, "undecided", "nothing")


def test_the_table_stays_after_a_promotion_and_looking_at_it_writes_nothing(run, as_manager, monkeypatch):
    monkeypatch.setattr("training.runs.arms.nearness", lambda *sets: {})
    start_arms(run)
    AnswerJob.objects.update(state="done")
    ScoreJob.objects.update(state="done")
    run.refresh_from_db()
    measure(run)
    count = type(run.best).objects.count()
    Alias.move("champion", run.best)
    Alias.move("champion", build.version("another"))
    assert arms_of(run).taught.pairs == 2
    as_manager.get(reverse("training:run", args=[run.pk]))
    assert type(run.best).objects.count() == count + 1


def test_a_run_that_was_never_finished_is_no_baseline_of_the_memory(run, shop):
    type(run).objects.update(best=None)
    later = build.run(shop, run.base)
    _freeze_sets(later)
    assert later.memory_before == 0


def test_the_page_of_a_run_that_is_done_looks_again_until_all_is_measured(as_manager, run):
    type(run).objects.update(state="done")
    page = as_manager.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "every 3s" in page
    measure(run)
    assert "every 3s" not in as_manager.get(reverse("training:run", args=[run.pk])).content.decode()


def test_a_row_says_the_same_as_the_tile_above_it_also_before_stored_finals_follow_a_new_profile(as_manager, run):
    measure(run)
    Profile.objects.revise(run.dataset, build.scorer_set(), alpha=0.5, theta=0.0)
    page = as_manager.get(reverse("training:run", args=[run.pk]))
    assert page.content.decode().count("0.30 → <strong>0.65</strong>") == 2
    tile = page.context["taught"]
    assert (tile.mean_before, tile.mean_after) == pytest.approx((0.3, 0.65))  # a half of what is stored, and of 0.5
    Score.objects.filter(version=run.best).update(match_end=None)
    page = as_manager.get(reverse("training:run", args=[run.pk])).content.decode()
    assert page.count("0.30 → <strong>–</strong>") == 2
