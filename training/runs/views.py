"""Runs: the queue, the form of a new run, and the page of one with all that it shows and offers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.models import Dataset
from ecc_site.core.charts import as_json
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.logs import tail
from ecc_site.core.roles import MANAGER, role_required
from serving.models import Version
from training.evaluation.paired_comparison import compare
from training.labels.paraphrases import cost_of
from training.labels.teacher import reasons_of
from training.runs import charts, facts
from training.runs import teach as teaching
from training.runs.arms import are_being_measured, arms_of, baseline_of, moved_most, remembered_of
from training.runs.create import continue_run
from training.runs.dataset import labels_of
from training.runs.forms import RunForm, StartForm
from training.runs.models import Run
from training.runs.nearness import NEAR
from training.runs.teach import NothingTaught

SHOWN = 50  # ended runs


@require_safe
@role_required(MANAGER)
def runs(request: HttpRequest) -> HttpResponse:
    context = {
        "running": Run.objects.filter(state=Run.State.RUNNING),
        "waiting": Run.objects.waiting(),
        "ended": Run.objects.exclude(state__in=[Run.State.RUNNING, Run.State.QUEUED])[:SHOWN],
    }
    return page_or_fragment(request, "training/runs/runs.html", "training/runs/_runs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def new(request: HttpRequest) -> HttpResponse:
    form = RunForm(request.POST or None, initial={"dataset": request.GET.get("dataset")})
    if request.method == "POST" and form.is_valid():
        run = form.make_run(request.user)
        run.ask_for_preparation(request.user)
        return redirect("training:run", run.pk)
    return render(request, "training/runs/new_run.html", {"form": form})


@require_safe
@role_required(MANAGER)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Run.objects.select_related("dataset", "base", "before", "held_out", "best"), pk=pk)
    points = list(shown.losses.values("step", "loss", "dev_loss"))
    context = {
        "run": shown,
        "job": shown,
        "trend": charts.trend([point["loss"] for point in points if point["loss"] is not None]),
        "losses": as_json(charts.losses(points)) if points else None,
        "checkpoints": shown.checkpoints.select_related("version"),
        "mix": facts.mix(shown),
        "settings": facts.settings(shown),
        "without_wordings": reasons_of(shown.report.without_wordings),
        "log_tail": tail(shown.log),
        "preparation": shown.preparations.first() if shown.state == Run.State.DRAFT else None,
    }
    context |= _before_start(shown) | _measured(shown)
    return page_or_fragment(request, "training/runs/run.html", "training/runs/_run.html", context)


@require_POST
@role_required(MANAGER)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at a draft's data again, after an attempt that failed or was lost."""
    get_object_or_404(Run, pk=pk, state=Run.State.DRAFT).ask_for_preparation(request.user)
    return redirect("training:run", pk)


@require_POST
@role_required(MANAGER)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Run, pk=pk)
    was_looked_at = draft.report.taken is not None and not draft.report.refusals
    if draft.state != Run.State.DRAFT or not was_looked_at:  # the button was pressed twice, or is disabled
        return redirect("training:run", pk)
    form = StartForm(draft, request.POST)
    if "wordings" in request.POST and not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("training:run", pk)
    if form.is_valid():
        form.apply()
    draft.queue_last()
    return redirect("training:run", pk)


@require_POST
@role_required(MANAGER)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Run, pk=pk).move_up()
    return redirect("training:runs")


@require_POST
@role_required(MANAGER)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Run, pk=pk).resume()
    return redirect("training:run", pk)


@require_POST
@role_required(MANAGER)
def continue_from(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Train on from one of the run's checkpoints, as a run of its own."""
    ended = get_object_or_404(Run, pk=pk)
    checkpoint = get_object_or_404(ended.checkpoints, step=step)
    return redirect("training:run", continue_run(ended, checkpoint, request.user).pk)


@require_POST
@role_required(MANAGER)
def teach(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of a run on what people corrected in a dataset, which shows what it will learn."""
    dataset = get_object_or_404(Dataset, pk=pk)
    try:
        run = teaching.teach(dataset, request.user)
    except NothingTaught as error:
        messages.error(request, str(error))
        return redirect("dataset", pk)
    if run.state == Run.State.DRAFT:
        run.ask_for_preparation(request.user)
    return redirect("training:run", run.pk)


def _before_start(draft: Run) -> dict[str, Any]:
    """What it will learn and what that costs, for a draft that learns from people."""
    if draft.state != Run.State.DRAFT or not draft.mix.get("person"):
        return {}
    teacher = Version.objects.configured_cloud()
    labels = labels_of(draft)
    return {
        "start_form": StartForm(draft),
        "reply_count": labels.count(),
        "teacher": teacher,
        "cost": cost_of(labels, teacher, draft.wordings) if teacher and draft.wordings else None,
    }


def _measured(shown: Run) -> dict[str, Any]:
    """What was taught before and after, and the gain on held-out turns, as far as both have been measured."""
    champion = Version.objects.champion()
    before = baseline_of(shown)
    if shown.best is None or before is None:
        return {}
    measured: dict[str, Any] = {"before": before}
    if shown.before:
        measured["taught"] = compare(shown.best, before, shown.before)
    if shown.held_out:
        measured["held_out"] = compare(shown.best, before, shown.held_out)
    arms = arms_of(shown)
    measured |= {
        "arms": arms,
        "moved": moved_most(shown) if arms else None,
        "is_champion": champion == shown.best,
        "remembered": remembered_of(shown),
        "near": NEAR,
        "waits": are_being_measured(shown),
    }
    return measured
