import pytest
from django.urls import reverse

from dialogues.models import Answer, Comparison
from scoring.models import Score, ScoreJob
from scoring.running import score_dataset
from tests import build

pytestmark = pytest.mark.django_db
URL = "scoring:scores"


@pytest.fixture
def scored(compared, scorers):
    ScoreJob.objects.create(dataset=compared).run(score_dataset)
    return compared


def test_without_data_it_says_what_to_do_next(as_manager):
    page = as_manager.get(reverse(URL)).content.decode()
    assert reverse("dialogues:upload") in page


def test_with_data_but_no_scores_it_leads_to_the_datasets(as_manager, compared):
    assert "Answer and score" in as_manager.get(reverse(URL)).content.decode()


def test_it_starts_with_the_newest_scores(as_manager, scored):
    response = as_manager.get(reverse(URL))
    summary = response.context["summaries"][0]
    assert (summary.name, summary.known) == ("v1", 4)
    assert 'id="figure-distribution"' in response.content.decode()


def test_every_number_says_of_how_many(as_manager, scored):
    text = as_manager.get(reverse(URL)).content.decode()
    assert "known final score for 4 of 4 questions" in text
    assert text.count("of 4 known final scores") == 1


def test_a_version_that_answered_a_part_covers_a_part_and_is_compared_on_that_part(as_manager, scored):
    """`v2` answered the turn that `v1` answered worst, and no other."""
    worst = Score.objects.order_by("final").first()
    v2 = build.version("v2")
    end = Answer.objects.create(turn=worst.comparison.turn, source="model", version=v2, settings_hash="x", text="ok")
    values = {"end": end, "version": v2, "dataset": scored, "turn": end.turn, "split": worst.split, "kind": worst.kind}
    comparison = Comparison.objects.create(reference=worst.comparison.reference, **values)
    numbers = {"similarity": 0.5, "match_end": 0.5, "match_cloud": 0.5, "final": 0.5, "profile": worst.profile}
    same = {"scorer_set": worst.scorer_set, "dataset": scored, "kind": worst.kind, "split": worst.split}
    Score.objects.create(comparison=comparison, version=v2, **same, **numbers)
    response = as_manager.get(reverse(URL))
    by_name = {summary.name: summary for summary in response.context["summaries"]}
    assert (by_name["v1"].coverage, by_name["v2"].coverage) == (1.0, 0.25)
    (pair,) = response.context["pairs"]
    assert (pair.name, pair.baseline, pair.figures.n) == ("v2", "v1", 1)
    assert (pair.figures.mean, pair.figures.baseline_mean) == (0.5, worst.final)
    assert "on 1 shared questions; better on 100% of them, worse on 0%" in response.content.decode()


def test_the_axes_speak_the_language_of_the_reader(as_manager, scored):
    page = as_manager.get(reverse(URL), headers={"Accept-Language": "zh-hans"})
    for figure in (page.context["distribution"], page.context["means"]):
        assert figure["layout"]["xaxis"]["title"]["text"] == "最终分"


def test_the_worst_come_first(as_manager, scored):
    finals = [row.final for row in as_manager.get(reverse(URL)).context["page"].rows]
    assert finals == sorted(finals)
    assert finals[0] == 0


def test_a_split_narrows_everything(as_manager, scored):
    response = as_manager.get(reverse(URL), {"split": "train"}, headers={"HX-Request": "true"})
    assert response.context["summaries"][0].known == Score.objects.filter(split="train").count() == 2
    assert b"<html" not in response.content


def test_a_kind_without_scores_shows_an_empty_state(as_manager, scored):
    response = as_manager.get(reverse(URL), {"kind": "cloud"})
    assert response.status_code == 200
    assert response.context["summaries"] == []


def test_nonsense_in_the_address_is_survived(as_manager, scored):
    response = as_manager.get(reverse(URL), {"dataset": "x", "kind": "?", "version": "-1", "after": "zzz"})
    assert response.status_code == 200
