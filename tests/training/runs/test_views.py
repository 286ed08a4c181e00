import pytest
from django.urls import reverse

from serving.models import Version
from tests.build import champion, label, run, shop, turn
from training.labels.by_hand import reject
from training.models import Checkpoint, Label, PreparationJob, Run
from training.runs.create import parameters_of
from training.runs.preview import prepare, prepare_draft

pytestmark = pytest.mark.django_db


def choices(dataset, base, **changes):
    usual = {"name": "week 47", "dataset": dataset.pk, "base": base.pk, "method": "lora", "preset": "recommended"}
    return usual | {"person": 10, "repeats": 1, "teacher": 0, "corpus": 0, "replay": 0} | changes


def test_a_new_run_is_a_draft_until_its_data_was_seen(as_manager, monkeypatch):
    dataset, base = shop(), champion()
    label(turn(dataset, 0), "taught")
    response = as_manager.post(reverse("training:new-run"), choices(dataset, base, max_steps=50))
    draft = Run.objects.get()
    assert response.url == reverse("training:run", args=[draft.pk])
    assert (draft.state, draft.parameters["max_steps"]) == ("draft", 50)
    monkeypatch.setattr(
        "training.runs.preview.estimate_apart", lambda run: {"seconds": 75.0, "memory_mb": 900.0, "step_ms": 9}
    )
    prepare(draft)
    page = as_manager.get(response.url).content.decode()
    assert 'class="learned"' in page
    assert "900 MB of memory" in page
    assert "learned tokens, 100%" in page
    as_manager.post(reverse("training:start-run", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.state == "queued"


def test_a_preparation_that_was_lost_or_failed_is_shown_and_asked_for_again(as_manager):
    draft = run(shop(), champion(), state="draft", data_report={})
    page = reverse("training:run", args=[draft.pk])
    again = reverse("training:prepare-run", args=[draft.pk])
    assert again in as_manager.get(page).content.decode()
    as_manager.post(again)
    job = PreparationJob.objects.get()
    as_manager.post(again)  # pressed twice
    assert PreparationJob.objects.get() == job
    assert again not in as_manager.get(page).content.decode()
    Version.objects.filter(pk=draft.base_id).update(model="/no/such/model")
    job.run(prepare_draft)
    job.refresh_from_db()
    assert job.state == "failed"
    assert str(draft.base) in job.error
    shown = as_manager.get(page).content.decode()
    assert job.error.split(":")[0] in shown
    assert again in shown


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"learning_rate": -1}, "learning_rate"),
        ({"max_steps": 0}, "max_steps"),
        ({"lora_r": 100_000}, "lora_r"),
        ({"person": 0}, "__all__"),
        ({"person": 10**19, "preset": "paper"}, "person"),
        ({"replay": 10**10}, "replay"),
        ({"method": "full"}, "method"),
    ],
)
def test_what_cannot_work_is_refused_before_it_is_queued(as_manager, bad, field):
    response = as_manager.post(reverse("training:new-run"), choices(shop(), champion(), **bad))
    assert field in response.context["form"].errors
    assert not Run.objects.exists()


def test_a_draft_with_a_refusal_cannot_be_started(as_manager):
    draft = run(shop(), champion(), state="draft", data_report={"refusals": ["This cannot work."]})
    as_manager.post(reverse("training:start-run", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "This cannot work." in as_manager.get(reverse("training:run", args=[draft.pk])).content.decode()


def test_nothing_corrected_is_nothing_to_teach(as_manager):
    dataset = shop()
    champion()
    response = as_manager.post(reverse("training:teach", args=[dataset.pk]), follow=True)
    assert "Nobody has corrected a reply" in response.content.decode()
    assert not Run.objects.exists()


def test_the_queue_shows_what_runs_and_what_waits(as_manager):
    dataset, base = shop(), champion()
    run(dataset, base, name="the first", state="running")
    run(dataset, base, name="the second")
    page = as_manager.get(reverse("training:runs")).content.decode()
    assert page.index("the first") < page.index("the second")


def test_a_checkpoint_on_the_way_is_gone_on_from_by_a_button(as_manager):
    dataset, base = shop(), champion()
    ended = run(dataset, base, state="cancelled")
    version = Version.objects.create(kind="end", name="lora-2", model=base.model, adapter="runs/x", base=base)
    Checkpoint.objects.create(run=ended, step=2, version=version)
    address = reverse("training:go-on-from", args=[ended.pk, 2])
    assert address in as_manager.get(reverse("training:run", args=[ended.pk])).content.decode()
    response = as_manager.post(address)
    following = Run.objects.get(resume_from="runs/x")
    assert (response.url, following.state) == (reverse("training:run", args=[following.pk]), "queued")
    assert as_manager.post(reverse("training:go-on-from", args=[ended.pk, 3])).status_code == 404


def test_the_page_gives_the_reasons_of_the_preset_and_none_for_what_a_person_chose(as_manager):
    as_manager.post(reverse("training:new-run"), choices(shop(), champion(), learning_rate=0.002))
    page = as_manager.get(reverse("training:run", args=[Run.objects.get().pk]))
    reasons = {setting.name: setting.reason for setting in page.context["settings"]}
    assert reasons["lora_r"] in page.content.decode()
    assert (reasons["learning_rate"], reasons["seed"]) == ("", "")


# --- Teach: what it will learn, before it is started


@pytest.fixture
def draft(db):
    """A draft that has two replies of people to learn, looked at already."""
    dataset, base = shop(), champion()
    for i in range(2):
        label(turn(dataset, i), f"taught {i}")
    prospect = {"held_out": 40, "near": 12, "dialogues": 12, "visible_gain": 0.0612}
    report = {"taken": {"person": 2}, "prospect": prospect}
    return run(dataset, base, state="draft", wordings=12, data_report=report)


def start(client, draft, **choices):
    shown = [label.pk for label in Label.objects.filter(dataset=draft.dataset)]
    response = client.post(reverse("training:start-run", args=[draft.pk]), {"shown": shown} | choices, follow=True)
    draft.refresh_from_db()
    return response.content.decode()


def test_a_draft_says_what_it_will_learn_what_that_costs_and_what_it_could_show(as_manager, draft):
    page = as_manager.get(reverse("training:run", args=[draft.pk])).content.decode()
    assert "It will learn 2 replies" in page
    assert "12 of 40 unseen questions are near one of them." in page
    assert "Better by 0.06 or more would be visible on these." in page
    assert page.count('name="learn"') == 2
    assert "about 2 calls" in page


def test_what_is_not_ticked_is_left_out(as_manager, draft):
    kept, left_out = Label.objects.order_by("id")
    start(as_manager, draft, learn=[kept.pk], wordings=0)
    assert (draft.state, draft.left_out, draft.wordings) == ("queued", [left_out.pk], 0)
    assert draft.parameters == parameters_of(draft, [left_out.pk], 0)


def test_ticks_hold_where_a_reply_was_taken_back_meanwhile(as_manager, draft):
    left_out, taken_back = Label.objects.order_by("id")
    reject(taken_back)
    third = label(turn(draft.dataset, 2), "taught 2")
    start(as_manager, draft, learn=[taken_back.pk, third.pk], wordings=0)
    assert (draft.state, draft.left_out) == ("queued", [left_out.pk])


def test_without_any_reply_it_is_not_started(as_manager, draft):
    assert "tick at least one reply" in start(as_manager, draft, wordings=5)
    assert (draft.state, draft.left_out) == ("draft", [])


def test_without_any_of_those_that_it_has_room_to_show_it_learns_the_older_ones(as_manager, draft, monkeypatch):
    monkeypatch.setattr("training.runs.forms.SHOWN", 1)
    older, shown = Label.objects.order_by("id")
    start(as_manager, draft, shown=[shown.pk], wordings=5)
    assert (draft.state, draft.left_out, draft.learned) == ("queued", [shown.pk], [older.pk])


def test_an_older_reply_that_was_restored_meanwhile_is_not_learned(as_manager, draft):
    first = Label.objects.earliest("id")
    third = label(turn(draft.dataset, 2), "taught 2")
    Run.objects.update(mix={"person": 2})
    seen = [third.pk, first.pk]  # the second was rejected when the page was opened
    start(as_manager, draft, shown=seen, learn=seen, wordings=0)
    assert (draft.state, draft.learned) == ("queued", sorted(seen))


@pytest.mark.parametrize("replies", [True, False], ids=["taken back since", "a page without any"])
def test_where_no_ticked_reply_stands_there_is_nothing_left_to_learn(as_manager, draft, replies):
    Run.objects.update(mix={"person": 2, "replay": 3})
    seen = list(Label.objects.values_list("pk", flat=True)) if replies else []
    for taken_back in Label.objects.all():
        reject(taken_back)
    label(turn(draft.dataset, 2), "came later")
    assert "nothing left to learn" in start(as_manager, draft, shown=seen, learn=seen, wordings=0)
    assert draft.state == "draft"


@pytest.mark.parametrize("name", ["shown", "learn"])
def test_an_id_that_no_reply_can_have_is_left_out(as_manager, draft, name):
    seen = sorted(Label.objects.values_list("pk", flat=True))
    ticks = {"shown": seen, "learn": seen}
    start(as_manager, draft, **(ticks | {name: [*seen, "9" * 30]}), wordings=0)
    assert (draft.state, draft.learned) == ("queued", seen)


@pytest.mark.parametrize("wordings", ["21", "-1", "many", ""])
def test_a_number_of_wordings_that_cannot_be_is_said(as_manager, draft, wordings):
    start(as_manager, draft, learn=[label.pk for label in Label.objects.all()], wordings=wordings)
    assert (draft.state, draft.wordings) == ("draft", 12)


def test_another_shops_reply_cannot_be_ticked(as_manager, draft):
    foreign = label(turn(shop("elsewhere"), 0), "foreign")
    start(as_manager, draft, learn=[foreign.pk], wordings=1)
    assert draft.state == "draft"


def test_a_run_that_was_started_is_not_changed_any_more(as_manager, draft):
    Run.objects.update(state="running")
    start(as_manager, draft, wordings=3)
    assert (draft.state, draft.wordings) == ("running", 12)


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ({"name": "wordings", "done": 3, "total": 30}, "is rephrasing the questions: 3 of 30"),
        ({"name": "rates", "done": 1, "total": 3}, "learning rates: 1 of 3"),
    ],
)
def test_what_it_does_before_it_trains_is_shown(as_manager, draft, stage, sentence):
    Run.objects.update(state="running", progress={"stage": stage})
    assert sentence in as_manager.get(reverse("training:run", args=[draft.pk])).content.decode()


def test_what_was_not_on_the_page_is_not_left_out_and_what_was_is(as_manager, draft):
    """A reply that came after the page was loaded moves none of those that the person saw."""
    kept, left_out = Label.objects.order_by("id")
    label(turn(draft.dataset, 2), "newer")
    start(as_manager, draft, shown=[kept.pk, left_out.pk], learn=[kept.pk], wordings=0)
    assert (draft.left_out, draft.learned) == ([left_out.pk], [kept.pk])


def test_a_refused_draft_keeps_all_its_replies(as_manager, draft):
    Run.objects.update(data_report={"taken": {}, "refusals": ["This cannot work."]})
    start(as_manager, draft, learn=[Label.objects.first().pk], wordings=0)
    assert (draft.state, draft.left_out) == ("draft", [])


def test_a_draft_whose_data_nobody_has_looked_at_is_not_started(as_manager, draft):
    Run.objects.update(data_report={})
    start(as_manager, draft, learn=[Label.objects.first().pk], wordings=0)
    assert (draft.state, draft.left_out) == ("draft", [])
