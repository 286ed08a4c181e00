"""The page of calibration: what it says, what follows from a click, and what it costs."""

import re

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ecc_site.core.models import Act, AuditEntry
from review.calibration.estimating import eq1, learned
from review.calibration.kept import board_of, same_work, work_out
from review.calibration.pages import fitting
from review.calibration.subjects import learning
from review.models import CalibrationJob, LearnedScorer
from scoring.models import Profile, Score, ScorerSet
from tests import build

pytestmark = pytest.mark.django_db
ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-hans"}


@pytest.fixture
def judged(scored, person, reviewed_by):
    """One person has reviewed all train dialogues, the worst first: the better half is better than the reference."""
    rng = np.random.default_rng(3)
    for score in Score.objects.order_by("final"):
        noise = rng.random(2)
        changed = {"match_end": 0.5 * score.final + 0.5 * noise[0], "match_cloud": 0.5 + 0.5 * noise[1]}
        Score.objects.filter(pk=score.pk).update(**changed)
    made = build.make_round(build.round_spec(scored, order="worst", scores="after"))
    preferences = ["reference"] * 10 + ["end", "reference", "end", "tie"] + ["end"] * 10
    reviewed_by(made, person("ann", "annotator"), preferences)
    made.refresh_from_db()
    return made


@pytest.fixture(autouse=True)
def few_are_tried(monkeypatch):
    """What a page shows does not hang on how many settings were tried: tests/review/calibration/test_fit.py."""
    monkeypatch.setattr(eq1, "MOST_THETAS", 4)
    monkeypatch.setattr(learned, "PENALTIES", (1.0,))


@pytest.fixture
def few_are_enough(monkeypatch):
    """It learns from twenty verdicts on."""
    for module in (learned, learning):
        monkeypatch.setattr(module, "LEAST", 20)


def opened(client, headers=ENGLISH, **query):
    return client.get(reverse("review:calibration"), query, headers=headers)


def sent(client, name, query="", **data):
    return client.post(reverse(f"review:{name}") + query, data, headers=ENGLISH, follow=True).content.decode()


# --- what it says


def test_before_anything_is_scored_it_says_what_to_do(as_manager, db):
    assert "Nothing to compare yet" in opened(as_manager).content.decode()


def test_without_verdicts_it_offers_a_round(as_manager, scored):
    page = opened(as_manager).content.decode()
    assert "No verdict fits this filter" in page and reverse("review:new-round", args=[scored.pk]) in page


@pytest.mark.parametrize(
    "headers, words",
    [
        (ENGLISH, ("On 24 replies that people reviewed", "length alone")),
        (CHINESE, ("在人工评审过的 24 条回复中", "仅看长度")),
    ],
)
def test_it_opens_on_what_was_reviewed_last(as_manager, judged, headers, words):
    page = opened(as_manager, headers)
    assert page.context["form"].values == {"dataset": judged.dataset, "kind": "human"}
    for said in (*words, f'value="{judged.dataset_id}" selected'):
        assert said in page.content.decode()


def test_each_score_is_in_the_table_with_its_figures(as_manager, judged):
    page = opened(as_manager)
    own = page.context["panels"][0][1]
    assert [str(name) for name, _of in own["scores"]] == [
        *("similarity", "match", "reference match", "final score", "length alone")
    ]
    final = own["found"].of("final")
    assert final.agreement.auc.value > 0.9 and final.agreement.n == 24 and final.agreement.coverage == 1
    assert own["found"].in_sight == 0 and own["found"].by_default == 1
    assert final.beside_reference is None and own["found"].of("match_end").beside_reference.n == 23
    assert "Most of these replies were chosen by their score" in page.content.decode()
    assert page.content.decode().count('data-label="AUC"') >= 5


def test_the_filter_stands_in_the_address_and_knows_nothing_else(as_manager, judged):
    page = opened(as_manager, round=judged.pk, sight="out", word="said", split="moon", language="en")
    assert set(page.context["form"].values) == {"dataset", "kind", "round", "sight", "word", "language"}
    assert "No verdict fits this filter" in page.content.decode()
    page = opened(as_manager, sight="out", language="en")
    assert page.context["judged"].replies == 24


def test_a_round_of_another_dataset_is_no_choice(as_manager, judged):
    other = build.dataset(build.record("a", "b"), name="other")
    page = opened(as_manager, dataset=other.pk, kind="human", round=judged.pk)
    assert "round" not in page.context["form"].values


def test_it_costs_the_same_however_many_verdicts(as_manager, judged, scored, person, reviewed_by):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opened(as_manager)
        return len(queries)

    opened(as_manager)
    before = cost()
    made = build.make_round(build.round_spec(scored, name="more", order="random", scores="after"))
    reviewed_by(made, person("bob", "annotator"), ["end", "reference"] * 12)
    assert cost() == before <= 30


def test_what_is_slow_is_worked_out_by_a_job(as_manager, judged, slow):
    page = opened(as_manager).content.decode()
    assert "calculated by a job" in page
    job = CalibrationJob.objects.get()
    job.run(work_out)
    page = opened(as_manager).content.decode()
    assert "no verdict since" in page and "On 24 replies" in page
    assert "waiting" in sent(as_manager, "recalibrate") and CalibrationJob.objects.active().count() == 1


# --- use these


def test_the_fitted_values_become_a_revision_that_says_where_they_come_from(as_manager, manager, judged, chosen):
    page = opened(as_manager)
    own = dict(page.context["panels"])["review/calibration/_fit.html"]
    assert own["found"].fit and not own["is_active"]
    assert "no more than a hint" in page.content.decode() and 'button primary">Use these' not in page.content.decode()
    assert "Revision 2 is active." in sent(as_manager, "use-fit", mark=own["mark"])
    profile = Profile.objects.active_for(judged.dataset, build.scorer_set())
    assert profile.parameters == own["taken"] and profile.author == manager
    assert profile.reason.startswith("Fitted to 24 replies that people reviewed")
    assert AuditEntry.objects.filter(act=Act.REVISED_PROFILE).count() == 1
    assert f"alpha={own['taken'].alpha}" in own["what_if"]


def test_values_from_a_part_of_the_dataset_say_so(as_manager, judged):
    page = opened(as_manager, language="en", round=judged.pk)
    own = dict(page.context["panels"])["review/calibration/_fit.html"]
    assert "would hold for all of it: Language: English, Round: week 47" in page.content.decode()
    sent(as_manager, "use-fit", f"?language=en&round={judged.pk}", mark=own["mark"])
    profile = Profile.objects.active_for(judged.dataset, build.scorer_set())
    assert profile.reason.endswith(" · Language: English · Round: week 47")
    assert "would hold for all of it" not in opened(as_manager).content.decode()


def test_what_the_person_did_not_see_is_not_taken(as_manager, judged):
    page = sent(as_manager, "use-fit", mark="0.100 0.100 0.100")
    assert "The fit has changed since you opened this page" in page
    assert Profile.objects.count() == 1


def test_without_a_fit_nothing_is_taken(as_manager, scored):
    assert "There is no fit to take." in sent(as_manager, "use-fit", mark="")
    assert Profile.objects.count() == 1


def test_a_fit_that_is_clearly_better_is_the_primary_button(as_manager, judged, monkeypatch):
    monkeypatch.setattr("review.calibration.estimating.fit.Fit.is_better", True)
    monkeypatch.setattr(fitting, "lacking_in_words", lambda lacking: [])
    assert 'button primary">Use these' in opened(as_manager).content.decode()


# --- a scorer that learns


def test_it_says_how_many_verdicts_are_missing(as_manager, judged):
    assert "176 more verdicts are needed: it learns from 200 on." in opened(as_manager).content.decode()
    assert "Nothing has been learned yet." in sent(as_manager, "show-learned", act="show")


def test_what_is_learned_is_shown_beside_the_final_score_until_it_is_stopped(
    as_manager, manager, judged, few_are_enough, chosen
):
    dialogue = judged.items.first().dialogue
    address = reverse("dialogue", args=[dialogue.pk])
    assert "predicted acceptance" not in as_manager.get(address, headers=ENGLISH).content.decode()
    assert "is shown beside the final score" in sent(as_manager, "show-learned", act="show")
    stored = LearnedScorer.objects.get()
    assert (stored.active, stored.author, stored.verdict_count) == (True, manager, 24)
    model = board_of(chosen())["learned"].found.learned.model
    assert learned.Model.from_json(stored.coefficients) == model
    page = as_manager.get(address, headers=ENGLISH).content.decode()
    (said,) = re.findall(r"predicted acceptance <strong>(\d+)%", page)
    assert 0 <= int(said) <= 100 and "Learned from verdicts" in page
    sent(as_manager, "show-learned", act="show")
    assert LearnedScorer.objects.active().count() == 1 and LearnedScorer.objects.count() == 2
    assert "no longer shown" in sent(as_manager, "show-learned", act="stop")
    assert "predicted acceptance" not in as_manager.get(address, headers=ENGLISH).content.decode()


def test_what_an_earlier_site_has_learned_in_another_form_is_not_shown(as_manager, judged):
    of = {"dataset": judged.dataset, "scorer_set": build.scorer_set(), "kind": "human"}
    LearnedScorer.objects.create(**of, coefficients={"form": 0}, verdict_count=1)
    page = as_manager.get(reverse("dialogue", args=[judged.items.first().dialogue_id]))
    assert page.status_code == 200


def test_the_page_of_a_dialogue_costs_one_query_more(as_manager, judged, few_are_enough):
    address = reverse("dialogue", args=[judged.items.first().dialogue_id])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(address)
        return len(queries)

    as_manager.get(address)
    before = cost()
    sent(as_manager, "show-learned", act="show")
    as_manager.get(address)
    assert cost() == before


# --- Θ of a new scorer


@pytest.mark.parametrize("page", ["calibration", "dataset"])
def test_a_new_scorer_proposes_its_own_theta(as_manager, judged, page):
    quantiles = {"match": {"right": {"0.05": 0.31}, "unrelated": {"0.05": 0.01}}}
    ScorerSet.objects.update(quantiles=quantiles)
    address = reverse("review:calibration") if page == "calibration" else reverse("dataset", args=[judged.dataset_id])
    text = as_manager.get(address, headers=ENGLISH).content.decode()
    assert "Use Θ = 0.31" in text
    found = dict(re.findall(r'name="(dataset|alpha|theta|threshold|reason)" value="([^"]*)"', text))
    as_manager.post(reverse("scores:save-profile"), found)
    profile = Profile.objects.active_for(judged.dataset, build.scorer_set())
    assert (profile.alpha, profile.theta, profile.threshold) == (0.8, 0.31, 0.5)
    assert "quantiles" in profile.reason
    assert "Use Θ" not in as_manager.get(address, headers=ENGLISH).content.decode()


def test_a_job_is_named_in_the_list_of_jobs(as_manager, judged, chosen):
    CalibrationJob.objects.create(**same_work(chosen()))
    assert "Calibration of the scores of shop" in as_manager.get(reverse("jobs"), headers=ENGLISH).content.decode()
