"""The score corrected by people's verdicts, and the licence of the scorer; for managers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.calibration.kept import board_of, job_of, same_work
from review.calibration.pages.forms import asked
from review.calibration.pages.panels import PEOPLE, panels_of
from review.models import CalibrationJob

PAGE, FRAGMENT = (f"review/calibration/people/{name}.html" for name in ("page", "_page"))


@require_safe
@role_required(MANAGER)
def people(request: Request) -> HttpResponse:
    form, chosen = asked(request.GET.dict())
    context: dict[str, Any] = {"form": form, "chosen": chosen}
    if chosen:
        board = board_of(chosen, PEOPLE)
        context |= {
            "board": board,
            "panels": panels_of(board, PEOPLE),
            "calibration_job": job_of(board, request.user),
            "again": "review:work-out-people",
        }
    return page_or_fragment(request, PAGE, FRAGMENT, context)


@require_POST
@role_required(MANAGER)
def work_out_again(request: Request) -> HttpResponse:
    form, chosen = asked(request.GET.dict())
    if chosen:
        start_once(request, CalibrationJob, **same_work(chosen))
    return redirect(f"{reverse('review:calibration-people')}?{form.query}")
