"""The pages on which managers make and change rounds."""

import pytest
from django.urls import reverse

from dialogues.models import Comparison
from ecc_site.core.models import AuditEntry
from review.desk.assignment import next_item
from review.desk.verdicts import record
from review.models import Guideline, MakeRoundJob, Round
from review.rounds import making
from serving.models import Version
from tests.build import make_round

pytestmark = pytest.mark.django_db
USUAL = {
    **{"name": "week 47", "kind": "human", "purpose": "teach", "order": "worst", "size": 4, "overlap": 1},
    **{"sides": "random", "scores": "alongside", "random_percent": 0, "overlap_percent": 100, "gold_count": 0},
}


def post_round(client, dataset, **changes):
    data = {**USUAL, "versions": [Version.objects.get(name="v1").pk], **changes}
    return client.post(reverse("review:new-round", args=[dataset.pk]), data)


def test_a_form_makes_a_round_and_leads_to_its_page(as_manager, reviewed, annotator):
    rules = {"overlap": 2, "guideline": "**Be** polite", "signals": ["as_is"], "annotators": [annotator.pk]}
    rules |= {"error_tags": "wrong price，rude\nrude", "deadline": "2030-01-31", "blind": "on"}
    response = post_round(as_manager, reviewed, **rules)
    made = Round.objects.get()
    assert response.url == reverse("round", args=[made.pk])
    assert (made.item_count, made.wanted_count, made.dialogue_count, made.is_open) == (4, 8, 2, True)
    assert (made.sides, made.blind, made.error_tags, made.signals) == (
        "random",
        True,
        ["wrong price", "rude"],
        ["as_is"],
    )
    assert list(made.annotators.all()) == [annotator]
    assert Guideline.objects.get().text == "**Be** polite"
    page = as_manager.get(response.url).content.decode()
    for shown in ("week 47", "0 of 8 verdicts", "2030-01-31", "<strong>Be</strong>", "Nobody has reviewed"):
        assert shown in page


@pytest.mark.parametrize("ticked", [(), ("teach_preferred",), ("teach_ties",)])
def test_what_a_round_teaches_besides_corrections_has_to_be_ticked(as_manager, reviewed, ticked):
    post_round(as_manager, reviewed, **dict.fromkeys(ticked, "on"))
    made = Round.objects.get()
    assert (made.teach_preferred, made.teach_ties) == ("teach_preferred" in ticked, "teach_ties" in ticked)


@pytest.mark.parametrize(
    "bad",
    [
        *({"size": 0}, {"size": 10**9}, {"overlap": 11}, {"name": ""}, {"kind": "cloud"}, {"versions": []}),
        *({"low": 0.8, "high": 0.2}, {"deadline": "soon"}, {"error_tags": "x" * 41}, {"annotators": [999_999]}),
        *({"annotators": ["9" * 30]}, {"versions": ["9" * 30]}),
        *({"purpose": "fun"}, {"order": "gold"}, {"signals": ["great"]}, {"overlap_percent": 101}),
    ],
)
def test_what_cannot_be_made_is_said(as_manager, reviewed, bad):
    response = post_round(as_manager, reviewed, **bad)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Round.objects.exists()


def test_the_size_is_said_before_anything_is_made(as_manager, reviewed):
    page = post_round(as_manager, reviewed, preview="1", overlap=2).content.decode()
    assert "4 comparisons of 6 that match, in 2 dialogues: 8 reviews" in page
    assert "No comparison matches" in post_round(as_manager, reviewed, preview="1", high=0.0).content.decode()
    assert "missing or wrong" in post_round(as_manager, reviewed, preview="1", size="x").content.decode()
    assert not Round.objects.exists()


def test_a_large_round_is_made_by_a_job(as_manager, reviewed, monkeypatch):
    monkeypatch.setattr(making, "AT_ONCE", 3)
    monkeypatch.setattr(making, "BATCH", 3)
    post_round(as_manager, reviewed, size=5)
    made, job = Round.objects.get(), MakeRoundJob.objects.get()
    assert (made.is_open, made.item_count) == (False, 0)
    assert "The round is being created" in as_manager.get(reverse("round", args=[made.pk])).content.decode()
    for _ in range(2):  # delivered twice, and what an attempt that died has left is removed
        MakeRoundJob.objects.filter(pk=job.pk).update(state="queued")
        job.run(making.fill_later)
    made.refresh_from_db()
    assert (made.is_open, made.item_count, made.items.count(), made.wanted_count) == (True, 5, 5, 5)
    assert made.assignments.count() == made.dialogue_count == 3


def test_a_job_that_finds_nothing_says_so(as_manager, reviewed, monkeypatch):
    monkeypatch.setattr(making, "AT_ONCE", 3)
    post_round(as_manager, reviewed, size=5, high=0.0)
    job = MakeRoundJob.objects.get()
    job.run(making.fill_later)
    job.refresh_from_db()
    assert (job.state, "No comparison matches" in job.error) == ("failed", True)
    assert not Round.objects.get().is_open


def test_a_form_like_an_earlier_round_makes_the_same_again(as_manager, reviewed):
    post_round(as_manager, reviewed, order="random", seed=7, size=3, low=0.15, theta_rule="yes", blind="on")
    first = Round.objects.get()
    page = as_manager.get(reverse("review:new-round", args=[reviewed.pk]), {"like": first.pk})
    initial = page.context["form"].initial
    again = as_manager.post(
        page.request["PATH_INFO"], {k: v for k, v in initial.items() if v is not None and v is not False}
    )
    assert again.status_code == 302, again.context["form"].errors
    second = Round.objects.exclude(pk=first.pk).get()
    assert second.name == "week 47, again"
    assert second.selection == first.selection
    chosen = [list(made.items.order_by("pk").values_list("comparison", flat=True)) for made in (first, second)]
    assert chosen[0] == chosen[1]


def test_ticked_comparisons_are_in_the_form_as_far_as_the_dataset_has_them(as_manager, reviewed):
    own = list(Comparison.objects.values_list("pk", flat=True)[:2])
    page = as_manager.get(new_of(reviewed), {"back": "", "comparison": [own[1], 10**9, own[0]]})
    assert page.context["form"]["comparisons"].value() == f"{own[1]},{own[0]}"
    assert "Left out, because this dataset has no such comparison: 1." in page.content.decode()


@pytest.mark.parametrize(
    ("ticked", "said"),
    [
        ([], "Tick the comparisons that are to be reviewed first."),
        (["x"], "Tick the comparisons that are to be reviewed first."),
        ([10**9], "None of these comparisons is of this dataset."),
    ],
)
def test_where_nothing_is_ticked_the_manager_is_told_where_it_was(as_manager, reviewed, ticked, said):
    back = f"dataset={reviewed.pk}&kind=human&split=train"
    page = as_manager.get(new_of(reviewed), {"back": back, "comparison": ticked}, follow=True)
    assert page.redirect_chain[0][0] == f"{reverse('scores:room')}?{back}#list"
    assert said in page.content.decode()


def new_of(dataset):
    return reverse("review:new-round", args=[dataset.pk])


@pytest.fixture
def url(round_):
    return reverse("review:change-round", args=[round_.pk])


def test_it_is_closed_and_opened_again(as_manager, round_, url):
    for act, is_open in (("close", False), ("close", False), ("reopen", True)):
        as_manager.post(url, {"act": act})
        round_.refresh_from_db()
        assert round_.is_open is is_open
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")][-2:] == ["closed_round", "opened_round"]


def test_one_that_has_all_its_verdicts_is_closed_from_the_list(as_manager, round_, url):
    dataset = reverse("dataset", args=[round_.dataset_id])
    assert "all reviewed" not in as_manager.get(dataset).content.decode()
    Round.objects.update(verdict_count=round_.wanted_count)
    assert "all reviewed" in as_manager.get(dataset).content.decode()
    as_manager.post(url, {"act": "close"})
    assert "all reviewed" not in as_manager.get(dataset).content.decode()


def test_nobody_is_measured_by_what_only_several_people_can_do(spec, annotator, verdict_input):
    round_ = make_round(spec(overlap=3), by=None)
    while item := next_item(round_, annotator):
        record(annotator, item, verdict_input())
    assert round_.participations.get().share_of_items == 1.0


def test_it_is_deleted_only_while_it_is_empty(as_manager, annotator, round_, url, verdict_input):
    record(annotator, next_item(round_, annotator), verdict_input())
    as_manager.post(url, {"act": "delete"})
    assert Round.objects.exists()
    assert "close it instead" in as_manager.get(reverse("round", args=[round_.pk])).content.decode()


def test_an_empty_one_goes_with_all_its_items(as_manager, round_, url):
    response = as_manager.post(url, {"act": "delete"})
    assert response.url == reverse("dataset", args=[round_.dataset_id])
    assert not Round.objects.exists()
    assert as_manager.post(url, {"act": "delete"}).status_code == 404


def test_another_guideline_is_a_new_version_and_the_old_one_stays(as_manager, round_, annotator):
    edit = reverse("review:edit-round", args=[round_.pk])
    for text in ("first", "second", "second"):
        response = as_manager.post(edit, {"name": "other", "guideline": text, "annotators": [annotator.pk]})
        assert response.url == reverse("round", args=[round_.pk])
    round_.refresh_from_db()
    assert (round_.name, round_.guideline, round_.guideline_version) == ("other", "second", 3)
    assert list(Guideline.objects.order_by("version").values_list("text", flat=True)) == ["first", "second"]
    assert as_manager.post(edit, {"name": ""}).status_code == 422


def test_the_page_of_a_round_shows_who_did_what(as_manager, annotator, spec, person, verdict_input):
    round_ = make_round(spec(overlap=2), by=None)
    bob = person("bob", "annotator")
    for reviewer, preference in ((annotator, "end"), (bob, "tie")):
        for i in range(3):
            note = {"correction": f"better {i}"} if reviewer == bob else {"seconds": 0.5}
            record(reviewer, next_item(round_, reviewer), verdict_input(preference, **note))
    page = as_manager.get(reverse("round", args=[round_.pk])).content.decode()
    for shown in (
        "6 of 12 verdicts",
        "annotator",
        "bob",
        "100%",
        "better 2",
        "Reject",
        "Do they agree?",
        "corrections 3",
    ):
        assert shown in page, shown


def test_the_page_asks_a_fixed_number_of_questions(as_manager, round_, annotator, verdict_input):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for text in ("one", "two", "three"):
        record(annotator, next_item(round_, annotator), verdict_input(correction=text))
        with CaptureQueriesContext(connection) as asked:
            as_manager.get(reverse("round", args=[round_.pk]))
        counts.append(len(asked))
    assert counts[1] == counts[2] < 48
