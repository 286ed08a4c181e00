"""The pages where an admin erases a customer, and where a manager says how long dialogues are kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dialogues.models import Dialogue, Turn
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import EraseJob
from ecc_site.privacy import find, retention
from ecc_site.privacy.erasing import erase_dialogues
from ecc_site.tasks import erase as erase_task
from ecc_site.tasks import erase_expired
from knowledge.models import Entry
from review.desk.verdicts import record
from serving.models import Alias
from tests import build
from tests.build import make_round
from training.models import Checkpoint, LearnedTurn

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    made = build.shop()
    Dialogue.objects.filter(turns__text="question 0").update(source_id="A-17")
    return made


def dialogue(shop, i):
    return build.turn(shop, i).dialogue


def texts(response) -> str:
    return response.content.decode()


# --- finding


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"source_id": "A-17"}, [0]),
        ({"text": "QUESTION 2"}, [2]),
        ({"text": "reply 3"}, [3]),
        ({"text": "question", "source_id": "A-17"}, [0]),
        ({"text": "nobody said this"}, []),
    ],
)
def test_a_customer_is_found_by_id_and_by_what_was_said(as_admin, shop, asked, expected):
    found = as_admin.get(reverse("privacy"), asked).context["found"]
    assert found.dialogues == [dialogue(shop, i) for i in expected]


def test_a_customer_is_found_by_a_name_beyond_ascii_in_any_case(as_admin, shop):
    Turn.objects.filter(pk=build.turn(shop, 1).pk).update(raw="Ich heiße JÜRGEN MÜLLER")
    found = as_admin.get(reverse("privacy"), {"text": "Jürgen Müller"}).context["found"]
    assert found.dialogues == [dialogue(shop, 1)]


def test_a_customer_is_found_by_the_number_of_the_dialogue(as_admin, shop):
    mine = dialogue(shop, 1)
    assert as_admin.get(reverse("privacy"), {"dialogue": mine.pk}).context["found"].dialogues == [mine]


def test_without_a_question_nothing_is_looked_for(as_admin, shop):
    assert as_admin.get(reverse("privacy")).context["found"] is None


def test_it_says_when_more_are_found_than_it_shows(as_admin, shop, monkeypatch):
    monkeypatch.setattr(find, "MOST", 2)
    page = as_admin.get(reverse("privacy"), {"text": "question"})
    assert len(page.context["found"].dialogues) == 2
    assert "The newest 2 are shown" in texts(page)


def test_many_turns_of_one_dialogue_hide_no_other(shop, monkeypatch):
    monkeypatch.setattr(find, "MOST", 2)
    older = build.dataset(build.record("tell me", name="x")).dialogues.latest("pk")
    build.dataset(build.record(*["tell me", "yes"] * 30))
    assert older in find.find(text="tell me").dialogues
    assert find.find(dialogue=older.pk, text="tell me").dialogues == [older]


# --- erasing


def address(*dialogues) -> str:
    return f"{reverse('erase')}?{'&'.join(f'dialogue={one.pk}' for one in dialogues)}"


def test_the_preview_shows_all_that_goes_and_whose_words_and_erases_nothing(as_admin, shop):
    page = as_admin.get(address(dialogue(shop, 0), dialogue(shop, 1)))
    assert dict(page.context["removed"])["dialogues"] == 2
    assert dict(page.context["removed"])["turns"] == 4
    assert "question 0" in texts(page)
    assert "Erase 2 dialogues?" in texts(page)
    assert not EraseJob.objects.exists()


def test_the_same_conversation_in_another_dataset_goes_too(as_admin, shop):
    build.shop("copy")
    page = as_admin.get(address(dialogue(shop, 0)))
    assert [one.dataset.name for one in page.context["dialogues"]] == ["shop", "copy"]


def test_what_was_looked_for_stays_when_nothing_is_chosen(as_admin, shop):
    answer = as_admin.get(reverse("erase"), {"text": "question 0", "source_id": ""})
    assert answer["Location"] == f"{reverse('privacy')}?text=question+0"


def test_the_only_one_that_is_found_is_chosen(as_admin, shop):
    for text, chosen in (("question 0", True), ("question", False)):
        assert (" checked" in as_admin.get(reverse("privacy"), {"text": text}).content.decode()) is chosen


@pytest.mark.parametrize("given", [{}, {"reason": "asked for"}, {"confirmed": "on"}])
def test_without_a_reason_or_a_confirmation_nothing_is_erased(as_admin, shop, given):
    assert as_admin.post(address(dialogue(shop, 0)), given).status_code == 200
    assert not EraseJob.objects.exists()


def test_a_job_erases_what_was_confirmed_and_its_report_says_so(as_admin, admin_user, shop, as_manager):
    mine = dialogue(shop, 0)
    answer = as_admin.post(address(mine), {"reason": "letter of 3 May", "confirmed": "on"})
    job = EraseJob.objects.get()
    assert answer["Location"] == reverse("erasure", args=[job.pk])
    assert (job.dialogues, job.created_by, job.reason) == ([mine.pk], admin_user, "letter of 3 May")
    erase_task(job.pk)
    erase_task(job.pk)  # delivered twice
    assert not Dialogue.objects.filter(pk=mine.pk).exists()
    report = as_manager.get(reverse("erasure", args=[job.pk]))
    assert dict(report.context["removed"])["turns"] == 2
    assert "letter of 3 May" in texts(report)
    assert AuditEntry.objects.filter(act=Act.ERASED).count() == 1


def test_of_what_is_gone_nothing_can_be_chosen(as_admin, shop):
    gone = dialogue(shop, 0)
    where = address(gone)
    gone.delete()
    assert as_admin.get(where)["Location"] == reverse("privacy")


def test_preview_and_report_name_the_version_that_answers_customers_and_learned_from_it(as_admin, shop):
    turn = build.turn(shop, 0)
    run = trained_on(shop, turn)
    Alias.move("champion", run.checkpoints.get().version)
    page = texts(as_admin.get(address(turn.dialogue)))
    assert "trained" in page
    assert "answers customers" in page
    job = EraseJob.objects.create(dialogues=[turn.dialogue_id])
    job.run(erase_dialogues)
    report = as_admin.get(reverse("erasure", args=[job.pk]))
    (learner,) = report.context["learners"]
    assert (learner.run, learner.champion.name, learner.is_certain) == (run, "trained", True)
    assert reverse("dataset", args=[shop.pk]) in texts(report)


def trained_on(dataset, turn, **values):
    run = build.run(dataset, build.version("base", model="embedded-end"), state="done", **values)
    Checkpoint.objects.create(run=run, step=1, version=build.version("trained"))
    LearnedTurn.objects.record(run, [turn.pk])
    return run


# --- an entry that was removed


def test_an_entry_says_which_version_was_trained_on_its_label(as_manager, shop):
    entry = Entry.objects.add(by=None, wordings=["q"], kind="reply", source="label", text="better")
    label = build.label(build.turn(shop, 0), "better", entry=entry)
    run = trained_on(shop, label.turn, learned=[label.pk])
    page = texts(as_manager.get(reverse("entry", args=[entry.pk])))
    assert "Versions that were trained on it" in page
    Alias.move("champion", run.checkpoints.get().version)
    as_manager.post(reverse("entry-state", args=[entry.pk]), {"act": "remove"})
    page = texts(as_manager.get(reverse("entry", args=[entry.pk])))
    assert "trained, which answers customers, was trained on it and may still say it." in page


def test_an_entry_that_no_version_was_trained_on_says_nothing_of_versions(as_manager, shop):
    entry = Entry.objects.add(by=None, wordings=["q"], kind="reply", source="label", text="better")
    label = build.label(build.turn(shop, 0), "better", entry=entry)
    trained_on(shop, build.turn(shop, 1), learned=[label.pk + 1])
    assert 'id="learners"' not in texts(as_manager.get(reverse("entry", args=[entry.pk])))


# --- how long dialogues are kept


def age(days, *dialogues):
    then = timezone.now() - timedelta(days=days)
    Dialogue.objects.filter(pk__in=[one.pk for one in dialogues]).update(created_at=then)


def keep(client, shop, **values):
    return client.post(reverse("dataset-retention", args=[shop.pk]), values)


def test_at_first_nothing_is_ever_too_old(shop):
    age(10_000, *shop.dialogues.all())
    assert retention.start_due() == []


def test_a_manager_says_how_long_and_the_page_how_many_go(as_manager, shop):
    age(31, dialogue(shop, 0), dialogue(shop, 1))
    keep(as_manager, shop, days="30", keeps_used="on")
    shop.refresh_from_db()
    assert (shop.retention_days, shop.retention_keeps_used) == (30, True)
    page = texts(as_manager.get(reverse("dataset", args=[shop.pk])))
    assert "go with the next daily job: 2." in page
    assert AuditEntry.objects.get(act=Act.CHANGED_RETENTION).detail == "30 days · reviewed or learned ones stay"
    assert shop.dialogues.count() == 5


def test_more_than_it_counts_is_called_more(as_manager, shop, monkeypatch):
    monkeypatch.setattr(retention, "MOST_COUNTED", 2)
    age(31, *shop.dialogues.all())
    keep(as_manager, shop, days="30")
    assert "More than 2 dialogues are older" in texts(as_manager.get(reverse("dataset", args=[shop.pk])))


@pytest.mark.parametrize("days", ["0", "-1", "x", "1.5", "99999999999"])
def test_a_bad_number_of_days_changes_nothing(as_manager, shop, days):
    keep(as_manager, shop, days="30")
    keep(as_manager, shop, days=days)
    shop.refresh_from_db()
    assert shop.retention_days == 30


def test_it_can_be_switched_off_again(as_manager, shop):
    keep(as_manager, shop, days="30")
    keep(as_manager, shop, days="")
    shop.refresh_from_db()
    assert shop.retention_days is None


def test_once_a_day_a_job_erases_what_is_too_old(shop):
    age(31, dialogue(shop, 0), dialogue(shop, 1))
    type(shop).objects.filter(pk=shop.pk).update(retention_days=30)
    erase_expired()
    erase_expired()
    job = EraseJob.objects.get()
    assert (job.dataset, job.older_than_days, job.keeps_used, job.state) == (shop, 30, True, "queued")
    erase_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.removed["dialogues"], shop.dialogues.count()) == ("done", 2, 3)
    age(31, dialogue(shop, 2))
    erase_expired()  # not again on the same day
    assert EraseJob.objects.count() == 1
    EraseJob.objects.update(created_at=timezone.now() - timedelta(days=1))
    erase_expired()
    assert EraseJob.objects.count() == 2


def test_what_people_reviewed_or_a_run_learned_is_kept_by_choice(spec, annotator, reviewed):
    round_ = make_round(spec(), by=None)
    item = round_.items.first()
    round_.assignments.filter(dialogue=item.dialogue).update(annotator=annotator, state="taken")
    record(annotator, item, build.verdict_input())
    others = reviewed.dialogues.exclude(pk=item.dialogue_id)
    turn = others[0].turns.get(position=0)
    trained_on(reviewed, turn)
    age(31, *reviewed.dialogues.all())
    kept = {item.dialogue_id, turn.dialogue_id}
    due = retention.expired(reviewed, 30, keeps_used=True)
    assert set(due.values_list("pk", flat=True)) == set(reviewed.dialogues.values_list("pk", flat=True)) - kept
    assert retention.expired(reviewed, 30, keeps_used=False).count() == 4


def test_what_is_reviewed_while_the_job_waits_is_kept(spec, annotator, reviewed):
    round_ = make_round(spec(), by=None)
    item = round_.items.first()
    age(31, *reviewed.dialogues.all())
    job = EraseJob.objects.create(dataset=reviewed, older_than_days=30, keeps_used=True)
    round_.assignments.filter(dialogue=item.dialogue).update(annotator=annotator, state="taken")
    job.on_progress = lambda: item.verdicts.exists() or record(annotator, item, build.verdict_input())
    age(40, *reviewed.dialogues.exclude(pk=item.dialogue_id))  # so that those come first
    job.run(erase_dialogues)
    job.refresh_from_db()
    assert (job.state, job.done, job.skipped) == ("done", 3, 1)
    assert list(reviewed.dialogues.all()) == [item.dialogue]


def test_the_report_of_an_age_limit_says_what_stays(as_manager, shop):
    job = EraseJob.objects.create(dataset=shop, older_than_days=30, keeps_used=True, reason="older than 30 days")
    assert "reviewed or learned ones stay" in texts(as_manager.get(reverse("erasure", args=[job.pk])))


def test_the_panel_is_not_offered_for_the_sites_own_datasets(as_manager, shop):
    type(shop).objects.filter(pk=shop.pk).update(builtin="corpus")
    assert 'id="retention"' not in texts(as_manager.get(reverse("dataset", args=[shop.pk])))
    assert keep(as_manager, shop, days="30").status_code == 404
