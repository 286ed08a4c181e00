"""How far the automatic score is to be trusted, and what follows from it; for managers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.calibration.kept import board_of, job_of, same_work
from review.calibration.material import Filter
from review.calibration.pages import fitting
from review.calibration.pages.forms import CalibrationFilter, asked
from review.calibration.pages.panels import FIT, panels_of
from review.models import CalibrationJob, LearnedScorer
from scoring import profiles
from scoring.proposals import proposal_for


@require_safe
@role_required(MANAGER)
def calibration(request: Request) -> HttpResponse:
    form, chosen = asked(request.GET.dict())
    context: dict[str, Any] = {"form": form, "chosen": chosen}
    if chosen:
        board = board_of(chosen, FIT)
        context |= {
            "board": board,
            "judged": board["agreement"].found,
            "panels": panels_of(board, FIT),
            "calibration_job": job_of(board, request.user),
            "narrowed": form.narrowed,
            "proposal": proposal_for(board.source.profile),
        }
    return page_or_fragment(request, "review/calibration/page.html", "review/calibration/_page.html", context)


@require_POST
@role_required(MANAGER)
def recalibrate(request: Request) -> HttpResponse:
    """Let a job work everything out anew."""
    form, chosen = asked(request.GET.dict())
    if chosen:
        start_once(request, CalibrationJob, **same_work(chosen))
    return _back(form)


@require_POST
@role_required(MANAGER)
def use_fit(request: Request) -> HttpResponse:
    """The fitted values become a revision of the profile, if they are still those that the person saw."""
    form, chosen = asked(request.GET.dict())
    found = board_of(chosen, ["fit"])["fit"].found if chosen else None
    if chosen is None or found is None or found.fit is None:
        messages.error(request, _("There is no fit to take."))
        return _back(form)
    taken = fitting.rounded(found.fit.best)
    if request.POST.get("mark") != fitting.mark_of(taken):
        problem = _("The fit has changed since you opened this page; nothing was taken. These are the values now.")
        messages.error(request, problem)
        return _back(form)
    profile = profiles.change(
        chosen.dataset,
        chosen.scorer_set,
        request.user,
        alpha=taken.alpha,
        theta=taken.theta,
        threshold=taken.threshold,
        reason=fitting.reason_of(found, form.narrowed),
    )
    messages.success(request, _("Revision %(revision)s is active.") % {"revision": profile.revision})
    return _back(form)


@require_POST
@role_required(MANAGER)
def show_learned(request: Request) -> HttpResponse:
    """Show what was learned beside Eq. 1, or show it no more."""
    form, chosen = asked(request.GET.dict())
    if chosen and request.POST.get("act") == "stop":
        LearnedScorer.objects.active().filter(**_of(chosen)).update(active=False)
        messages.success(request, _("The predicted acceptance is no longer shown."))
        return _back(form)
    found = board_of(chosen, ["learned"])["learned"].found if chosen else None
    if chosen is None or found is None or found.learned is None:
        messages.error(request, _("Nothing has been learned yet."))
        return _back(form)
    coefficients = found.learned.model.as_json()
    LearnedScorer.objects.show(**_of(chosen), coefficients=coefficients, verdict_count=found.verdicts, by=request.user)
    messages.success(request, _("The predicted acceptance is shown beside the final score of each answer."))
    return _back(form)


def _of(chosen: Filter) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in ("dataset", "scorer_set", "kind")}


def _back(form: CalibrationFilter) -> HttpResponseRedirect:
    return redirect(f"{reverse('review:calibration')}?{form.query}")
