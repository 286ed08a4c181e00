"""What waits for a manager, with its number and where it is done."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dialogues.models import ImportJob
from ecc_site.overview.to_do import cloud, datasets, jobs, learning, memory, rounds, scorers
from ecc_site.overview.to_do.item import MOST, ToDo, Urgency, at_most
from ecc_site.overview.to_do.listed import SOURCES, to_do
from knowledge.models import Entry, Pair
from review.calibration.kept import same_work, work_out
from review.calibration.material import Filter
from review.desk.verdicts import record
from review.models import CalibrationFigures, CalibrationJob, Round, RoundItem
from review.models.rounds import shop_day
from scoring.models import ScorerSet
from serving.models import Alias, CloudDay
from tests import build
from training.labels.latest import sync_latest
from training.models import Label

pytestmark = pytest.mark.django_db


def test_verdicts_left_with_the_deadline_of_their_round(annotator, round_):
    record(annotator, round_.items.first(), build.verdict_input())
    address = reverse("round", args=[round_.pk])
    assert list(rounds.unfinished_rounds()) == [ToDo(Urgency.OPEN, "5 verdicts left in week 47", address)]
    for days, detail, urgency in (
        (9, "9 days left", Urgency.OPEN),
        (0, "last day today", Urgency.DUE),
        (-1, "1 day overdue", Urgency.DUE),
    ):
        Round.objects.update(deadline=shop_day() + timedelta(days=days))
        [found] = rounds.unfinished_rounds()
        assert (found.detail, found.urgency) == (detail, urgency)


def test_a_round_without_verdicts_left_does_not_wait_and_of_many_the_others_are_one_line(spec):
    made = [build.make_round(spec(name=f"round {i}")) for i in range(7)]
    assert [found.address for found in rounds.unfinished_rounds()][-1] == reverse("review:queue")
    assert len(list(rounds.unfinished_rounds())) == 6
    Round.objects.exclude(pk=made[0].pk).update(verdict_count=6)
    assert [found.text for found in rounds.unfinished_rounds()] == ["6 verdicts left in round 0"]


def test_disagreements_by_round(round_):
    assert list(rounds.disagreements()) == []
    RoundItem.objects.filter(pk__in=round_.items.values("pk")[:2]).update(awaits_decision=True)
    [found] = rounds.disagreements()
    assert (found.text, found.address) == (
        "2 disagreements to decide in week 47",
        reverse("review:disagreements", args=[round_.pk]),
    )


def test_scorers_that_fail_their_licence(reviewed, spec, annotator, django_assert_num_queries):
    round_ = build.make_round(spec(scores="after"))
    record(annotator, round_.items.first(), build.verdict_input())
    assert list(scorers.failed_licences()) == []
    chosen = Filter(reviewed, build.scorer_set(), "human")
    CalibrationJob.objects.create(**same_work(chosen)).run(work_out)
    row = CalibrationFigures.objects.get(subject="licence")
    assert list(scorers.failed_licences()) == []  # too few
    [own] = row.figures["languages"]
    own["licence"]["outcome"] = "failed"
    row.save()
    with django_assert_num_queries(1):
        [found] = scorers.failed_licences()
    address = f"{reverse('review:calibration-people')}?dataset={reviewed.pk}&kind=human#licence"
    assert found == ToDo(Urgency.OPEN, "The scorer failed its licence on shop", address, "human agent · English")
    ScorerSet.objects.create(similarity="other", match="other", digest="1" * 64).use()
    assert list(scorers.failed_licences()) == []
    build.scorer_set().use()
    assert list(scorers.failed_licences()) == [found]


def test_corrections_wait_for_the_next_teach(annotator, round_):
    first, second, third, *_ = round_.items.order_by("pk")
    for item, correction in ((first, "48 小时内"), (second, "七天内"), (third, "")):
        record(annotator, item, build.verdict_input("both_bad", correction=correction))
    [found] = learning.new_corrections()
    assert (found.text, found.detail) == ("2 new corrections in shop", "Teach")
    assert found.address == f"{reverse('dataset', args=[round_.dataset_id])}#teach"
    sync_latest()
    Label.objects.filter(text="七天内").update(rejected=True, chosen=False)
    assert [found.text for found in learning.new_corrections()] == ["1 new correction in shop"]
    run = build.run(round_.dataset, build.version("v2"), state="draft")
    assert len(list(learning.new_corrections())) == 1
    type(run).objects.update(state="done", created_at=timezone.now())
    assert list(learning.new_corrections()) == []


def test_a_candidate_waits():
    shop, champion = build.shop(), build.champion()
    assert list(learning.candidate_to_decide()) == []
    candidate = build.version("lora-1")
    build.run(shop, champion, state="done", best=candidate)
    [found] = learning.candidate_to_decide()
    assert (found.text, found.address) == (
        "lora-1 waits for a decision",
        reverse("training:version", args=[candidate.pk]),
    )
    Alias.move("champion", candidate)
    assert list(learning.candidate_to_decide()) == []


def test_entries_and_conflicts_of_the_memory():
    assert [*memory.proposed_entries(), *memory.conflicts()] == []
    said = {"kind": "reply", "source": "page", "text": "48 小时"}
    first, second = (Entry.objects.add(by=None, wordings=["发货了吗"], **said) for _ in range(2))
    Pair.objects.create(first=first, second=second, kind="conflict", similarity=1, likeness=0.1)
    Entry.objects.add(by=None, wordings=["退货"], state="proposed", **said)
    assert [found.text for found in memory.proposed_entries()] == ["1 entry of the memory to approve"]
    assert [found.text for found in memory.conflicts()] == ["1 conflict in the memory"]


def test_failed_jobs_of_the_last_days():
    assert list(jobs.failed_jobs()) == []
    of_file = {"dataset_name": "shop", "path": "x", "file_name": "x"}
    ImportJob.objects.create(state="failed", ended_at=timezone.now(), **of_file)
    ImportJob.objects.create(state="failed", ended_at=timezone.now() - timedelta(days=8), **of_file)
    assert [found.text for found in jobs.failed_jobs()] == ["1 job failed in the last 7 days"]


def test_a_budget_that_is_nearly_spent():
    day = CloudDay.objects.create(day=timezone.localdate(), tokens=settings.CLOUD_TOKENS_PER_DAY // 2)
    assert list(cloud.nearly_spent()) == []
    day.tokens = settings.CLOUD_TOKENS_PER_DAY
    day.save()
    assert [found.text for found in cloud.nearly_spent()] == ["100% of today's cloud budget is used"]


def test_datasets_without_answers_or_scores():
    shop = build.shop()
    assert [found.text for found in datasets.without_answers()] == ["no answers yet in shop"]
    build.answered(shop, build.version("v1"))
    assert list(datasets.without_answers()) == []
    assert [found.text for found in datasets.without_scores()] == ["answers without scores in shop"]
    build.graded(shop, build.version("v2"), [0.5] * 5)
    assert len(list(datasets.without_scores())) == 1


def test_the_most_urgent_comes_first(round_):
    ImportJob.objects.create(state="failed", ended_at=timezone.now(), dataset_name="x", path="x", file_name="x")
    Entry.objects.add(by=None, kind="fact", source="page", text="7 days", state="proposed")
    found = to_do()
    assert [item.urgency for item in found] == sorted(item.urgency for item in found)
    assert [item.stands_out for item in found] == [True, False, False]
    assert len(SOURCES) == len(set(SOURCES))


def test_what_is_counted_has_an_end():
    assert (at_most(12), at_most(MOST), at_most(MOST + 1)) == ("12", "1,000", "1,000+")
