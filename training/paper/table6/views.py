"""Table VI: inputs × versions under an α and Θ that can be moved, and the same on a frozen set with intervals."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ecc_site.core.charts import as_json
from ecc_site.core.downloads import as_download
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from scoring.measures.beside.words import TOKENIZATION
from serving.models import Version
from training.paper.table6 import charts
from training.paper.table6.choice import Choice, Table6Form
from training.paper.table6.duration import Duration, duration_of
from training.paper.table6.export import csv_text, latex_text
from training.paper.table6.forms import ExperimentForm
from training.paper.table6.models import Table6Job
from training.paper.table6.table import Table

SHOWN = 3  # jobs


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def table6(request: Request) -> HttpResponse:
    """The table and the form of an experiment; POST starts one, or only says how long it will take."""
    wanted = ExperimentForm(request.POST or None)
    if request.method == "POST" and wanted.is_valid() and "estimate" not in request.POST:
        start_once(request, Table6Job, **wanted.values())
        return redirect("training:table6")
    if request.htmx.target == "experiment":
        return _experiments(request)
    form = Table6Form(request.GET)
    choice = Choice(form)
    context = {
        "form": form,
        "choice": choice,
        "query": request.GET.urlencode(),
        "tokenization": TOKENIZATION,
        "wanted": wanted,
        "duration": _duration(wanted),
        "jobs": Table6Job.objects.all()[:SHOWN],
    }
    if choice.can_show:
        context |= _shown(choice)
    return page_or_fragment(request, "training/paper/table6.html", "training/paper/_table6.html", context)


def _experiments(request: Request) -> HttpResponse:
    """The jobs alone, to htmx; once none is at work any more, the table has changed."""
    jobs = list(Table6Job.objects.all()[:SHOWN])
    response = render(request, "training/paper/_experiments.html", {"jobs": jobs})
    if not any(job.is_active for job in jobs):
        response["HX-Trigger"] = "table6-changed"
    return response


def _duration(wanted: ExperimentForm) -> Duration | None:
    champion = Version.objects.champion()
    if not (wanted.is_bound and wanted.is_valid() and champion):
        return None
    return duration_of(wanted.runs(), champion.base or champion, wanted.cleaned_data["preset"])


@require_safe
@role_required(MANAGER)
def as_csv(request: Request) -> HttpResponse:
    # The mark tells spreadsheets that this is UTF-8.
    return _download(request, lambda table: "\ufeff" + csv_text(table), "text/csv; charset=utf-8", "table6.csv")


@require_safe
@role_required(MANAGER)
def as_latex(request: Request) -> HttpResponse:
    return _download(request, latex_text, "application/x-tex; charset=utf-8", "table6.tex")


def _download(request: Request, text_of, content_type: str, name: str) -> HttpResponse:
    """The inputs; `?of=set` the chosen frozen set."""
    choice = Choice(Table6Form(request.GET))
    wanted = choice.eval_set if request.GET.get("of") == "set" else choice.inputs or choice.eval_set
    table = choice.table(wanted) if choice.can_show else None
    if table is None:
        return redirect("training:table6")  # which says what to do first
    response = HttpResponse(text_of(table), content_type=content_type)
    return as_download(response, name, by=request.user)


def _shown(choice: Choice) -> dict:
    alpha, theta = choice.weights
    inputs, measured = choice.table(choice.inputs), choice.table(choice.eval_set)
    return {"alpha": alpha, "theta": theta, "inputs": inputs, "measured": measured} | _figures(inputs, measured)


def _figures(inputs: Table | None, measured: Table | None) -> dict:
    figures = {}
    if inputs:
        columns = [_plain(column) | {"finals": [cell.final for cell in column.cells]} for column in inputs.columns]
        figures["by_input"] = as_json(charts.by_input([row.text for row in inputs.rows], columns))
    if measured:
        columns = [_plain(column) | {"interval": column.interval} for column in measured.columns]
        figures["means"] = as_json(charts.means_with_intervals(columns))
    return figures


def _plain(column) -> dict:
    return {"name": column.title, "method": column.method, "shade": column.shade, "is_arm": column.is_arm}
