"""The experiment of Table VI as a job: pressed twice, cancelled, killed half-way, and with its training in the queue.

Everything is real but one thing: the process of a run would not see the rows of a test, so its work is done here.
"""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from dialogues.models import Answer, AnswerJob
from ecc_site.core import job_parts
from ecc_site.core.jobs import Job
from knowledge.models import Clock, Entry, FixedItem, FixedMemory
from serving.corpus import records, turns_of
from serving.models import Version
from tests import build
from training.models import Label, LabelJob, Run, Table6Job
from training.paper.table6.experiment import experiment_of
from training.paper.table6.job import compare_methods
from training.runs import queue

pytestmark = pytest.mark.django_db
SCALE = 0.0004  # of 3,000 steps: 1


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nothing reaches a worker, and nobody sleeps."""
    monkeypatch.setattr(Job, "send", lambda job, delay_s=0: None)
    monkeypatch.setattr(job_parts, "pause", lambda seconds: None)


@pytest.fixture
def few():
    """Some dialogues of the corpus, which the recorded teacher can answer."""
    chosen = []
    for split, count in (("train", 4), ("dev", 2)):
        chosen += [record for record in records() if record["split"] == split][:count]
    return build.dataset(*map(turns_of, chosen), name="few")


@pytest.fixture
def job(few):
    return Table6Job.objects.create(experiment=experiment_of(few, "recommended", SCALE), methods=["ptuning_v2"])


@pytest.fixture
def processes(monkeypatch):
    """What each process of a run does, in turn; when the list is used up it trains as it should. Returns the list."""
    acts = []

    def train(command, **_):
        run = Run.objects.get(pk=command[command.index("--run") + 1])
        run.claims_as = uuid.UUID(command[command.index("--claim") + 1])
        act = acts.pop(0) if acts else train_here
        return SimpleNamespace(wait=lambda timeout: act(run))

    monkeypatch.setattr(queue.subprocess, "Popen", train)
    return acts


def train_here(run: Run) -> int:
    call_command("train", run=run.pk)
    return 0


def killed(run: Run) -> int:
    run.claim()
    return -9


def worked_on(job: Table6Job) -> Table6Job:
    job.run(compare_methods)
    job.refresh_from_db()
    return job


# --- the work


def test_it_labels_trains_and_measures_with_and_without_the_memory_and_a_second_time_does_nothing(job, few, processes):
    done = worked_on(job)
    assert (done.state, done.error, done.done, done.total) == ("done", "", 1, 1)
    assert 0 < done.rate < 1
    run = Run.objects.get()
    assert (run.state, run.method, run.experiment) == ("done", "ptuning_v2", job.experiment)
    weights = [job.experiment.base, run.checkpoints.get().version]
    arms = list(Version.objects.filter(fixed_memory__isnull=False).order_by("id"))
    assert [arm.weights_of for arm in arms] == weights
    assert {arm.fixed_memory for arm in arms} == {FixedMemory.objects.get().pk}
    counts = [version.answers.filter(turn__dialogue__split="dev").count() for version in (*weights, *arms)]
    assert counts[0] > 0
    assert len(set(counts)) == 1
    check_the_memory()

    answered = AnswerJob.objects.filter(version__kind="end")  # inputs that the teacher has no reply to are asked again
    answers, jobs = Answer.objects.count(), answered.count()
    again = worked_on(Table6Job.objects.create(experiment=job.experiment, methods=["ptuning_v2"]))
    assert (again.state, again.done) == ("done", 1)
    assert (Run.objects.count(), Answer.objects.count(), answered.count()) == (1, answers, jobs)
    assert worked_on(again).attempts == 1, "delivered twice it is done once"


def check_the_memory() -> None:
    """It holds what the runs learn, it helped, and the shop's own is left alone."""
    learned = Label.objects.filter(split="train", chosen=True).select_related("turn__dialogue")
    rows = {(label.turn.text, label.turn.question_before, label.text) for label in learned}
    assert {(item.question, item.context, item.reply) for item in FixedItem.objects.all()} == rows
    assert {item.origin for item in FixedItem.objects.all()} == {label.turn.dialogue.content_hash for label in learned}
    assert (Clock.now(), Entry.objects.count()) == (0, 0)
    helped = Answer.objects.filter(version__fixed_memory__isnull=False)
    assert helped.filter(finish_reason="remembered").exists()
    assert not helped.filter(used_entries__isnull=False).exists()


def test_killed_in_the_midst_of_a_run_it_goes_on_with_what_is_stored(job, processes):
    def worker_dies(run: Run) -> int:
        run.claim()
        raise SystemExit

    processes += [killed, worker_dies]
    with pytest.raises(SystemExit):
        job.run(compare_methods)
    assert (Table6Job.objects.get().state, Run.objects.get().state) == ("running", "running")
    long_ago = timezone.now() - timedelta(hours=1)
    for model in (Table6Job, Run):  # as it looks to the reaper some time later
        model.objects.update(heartbeat_at=long_ago)
        model.objects.reap()
    job.refresh_from_db()
    kept = set(Answer.objects.values_list("pk", flat=True))
    done = worked_on(job)
    assert (done.state, done.error, done.done) == ("done", "", 1)
    assert (Run.objects.count(), Run.objects.get().state) == (1, "done")
    assert not Answer.objects.exclude(pk__in=kept).exclude(version__in=versions_of(Run.objects.get())).exists()


def versions_of(run: Run) -> list[Version]:
    """The version that it made, and its arm."""
    version = run.checkpoints.get().version
    return [version, *version.arms.all()]


def test_cancelled_it_stops_its_run_and_resumed_it_finishes_that(job, processes):
    def cancelled_while_training(run: Run) -> int:
        assert run.claim()
        Table6Job.objects.get(pk=job.pk).cancel()
        stops = iter([None])

        def wait(timeout):
            if next(stops, "ended") is None:
                raise queue.subprocess.TimeoutExpired("train", timeout)
            run.refresh_from_db()
            assert run.cancel_requested
            Run.objects.filter(pk=run.pk).update(state="cancelled", token=None)
            return 0

        waits.append(wait)
        return wait(1)

    waits: list = []
    processes.append(lambda run: waits[-1](1) if waits else cancelled_while_training(run))
    stopped = worked_on(job)
    assert (stopped.state, Run.objects.get().state) == ("cancelled", "cancelled")
    assert stopped.resume()
    stopped.refresh_from_db()
    assert worked_on(stopped).state == "done"
    assert Run.objects.get().state == "done"


def test_cancelled_while_it_labels_it_stops_there(job, processes, monkeypatch):
    begun = LabelJob.set_total

    def cancelled(label_job, total):
        job.cancel()
        begun(label_job, total)

    monkeypatch.setattr(LabelJob, "set_total", cancelled)
    assert worked_on(job).state == "cancelled"
    assert LabelJob.objects.get().state == "cancelled"
    assert not Run.objects.exists()


def test_runs_that_wait_before_its_own_are_trained_first_and_one_that_fails_fails_it_with_the_reason(
    job, processes, few
):
    other = build.run(few, job.experiment.base, name="other")

    def done(run: Run) -> int:
        assert run == other
        Run.objects.filter(pk=run.pk).update(state="done")
        return 0

    def failed(run: Run) -> int:
        assert run.experiment == job.experiment
        Run.objects.filter(pk=run.pk).update(state="failed", error="No space left.")
        return 1

    processes += [done, failed]
    stopped = worked_on(job)
    assert (stopped.state, stopped.error.endswith("No space left.")) == ("failed", True)
    assert processes == []


def test_its_speed_is_that_of_the_training_and_not_of_the_labelling_before(job):
    now = timezone.now()
    times = {"started_at": now - timedelta(hours=1), "trains_since": now - timedelta(seconds=20), "ended_at": now}
    Table6Job.objects.update(state="running", total=130, done=70, done_before=30, **times)
    job.refresh_from_db()
    assert (job.rate, job.seconds_left) == (2, 30)
    job.trains_since = None
    assert (job.rate, job.seconds_left) == (None, None)


def test_a_base_behind_a_server_is_refused(job):
    Version.objects.filter(pk=job.experiment.base_id).update(model="openai:small@http://127.0.0.1:9/v1")
    job.experiment.base.refresh_from_db()
    assert "behind a server" in worked_on(job).error


# --- the button

URL = "training:table6"
WANTED = {"methods": ["lora", "prefix"], "scale": "0.01", "preset": "recommended"}


def test_the_button_makes_one_job_and_a_second_click_says_so(as_manager, manager, few):
    assert as_manager.post(reverse(URL), WANTED | {"dataset": few.pk})["Location"] == reverse(URL)
    page = as_manager.post(reverse(URL), WANTED | {"dataset": few.pk}, follow=True).content.decode()
    job = Table6Job.objects.get()
    assert "already waiting or running" in page
    assert (job.state, job.methods, job.created_by) == ("queued", ["lora", "prefix"], manager)
    assert (job.experiment.dataset, job.experiment.preset, job.experiment.scale) == (few, "recommended", 0.01)
    assert str(job) == "Comparing methods on few: recommended, ×0.01"
    assert page.count(f'id="job-table6-{job.pk}"') == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"methods": []}, "Choose at least one method."),
        ({"methods": ["magic"]}, "magic is not one of the available choices"),
        *[({"scale": scale}, "a number over 0 and at most 10") for scale in ("0", "-1", "11", "x", "nan", "")],
        ({"preset": "best"}, "best is not one of the available choices"),
        ({"dataset": "9999"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_started_is_said_and_what_was_typed_stays(as_manager, changes, sentence):
    page = as_manager.post(reverse(URL), WANTED | changes)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not Table6Job.objects.exists()
    assert page.context["wanted"]["scale"].value() == changes.get("scale", "0.01")


def test_dialogues_that_never_leave_are_not_given_to_a_teacher(as_manager, few):
    type(few).objects.update(never_leaves=True)
    assert "never leave this machine" in as_manager.post(reverse(URL), WANTED | {"dataset": few.pk}).content.decode()


def test_how_long_it_takes_is_said_by_the_speed_of_earlier_runs(as_manager, few):
    base = build.champion()
    build.run(few, base, state="done", data_report={"estimate": {"step_ms": 500}})
    page = as_manager.post(reverse(URL), WANTED | {"scale": "0.1", "estimate": "yes"}).content.decode()
    assert "About 19 min of training" in page  # (3,000 + 5,000 + 15,000) · 0.1 steps of LoRA, half a second each
    assert "How fast Prefix-Tuning is here is not known" in page
    assert "2,600 steps in all." in page
    assert not Table6Job.objects.exists()


def test_annotators_start_nothing(as_annotator):
    assert as_annotator.post(reverse(URL), WANTED).status_code == 403


def test_to_htmx_the_jobs_are_a_fragment_that_asks_again_while_one_is_active(as_manager, job):
    def fragment():
        return as_manager.get(reverse(URL), headers={"HX-Request": "true", "HX-Target": "experiment"})

    Table6Job.objects.update(state="running")
    run = build.run(job.experiment.dataset, job.experiment.base, experiment=job.experiment)
    response = fragment()
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="experiment"')
    assert "every 3s" in text
    assert f'id="job-run-{run.pk}"' in text
    assert "HX-Trigger" not in response
    Table6Job.objects.update(state="done")
    response = fragment()
    assert "every 3s" not in response.content.decode()
    assert response["HX-Trigger"] == "table6-changed"
