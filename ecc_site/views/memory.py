"""The memory: what the shop stands by, who said so, how often it answers, and what customers would get now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Avg, Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.importing.texts import storable
from dialogues.models import UsedEntry
from ecc_site.core.errors import errors_as_messages
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request, ids_of
from ecc_site.core.roles import MANAGER, role_required
from knowledge.faq import MOST_BYTES, BadFile, import_faq
from knowledge.forms import EntryFilter, EntryForm, FaqForm, TrialForm
from knowledge.models import Clock, Entry, Pair, TrialJob
from review.remembering import origins_of
from scoring.models import ScorerSet
from training.models import Label
from training.versions.learners import learners_of_entry

RECENT = timedelta(days=7)
SHOWN = 20  # answers that used an entry


@require_safe
@role_required(MANAGER)
def memory(request: Request) -> HttpResponse:
    return _memory_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def ask(request: Request) -> HttpResponse:
    """Ask the model that answers customers; its answer appears above the list.

    A form with errors stays at this address, from which filters and what htmx asks for lead to the list.
    """
    if request.method != "POST":
        return redirect(f"{reverse('memory')}?{request.GET.urlencode()}")
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _memory_page(request, form)
    job = TrialJob.objects.create(created_by=request.user, **form.cleaned_data)
    job.enqueue()
    return redirect("trial", job.pk)


@require_safe
@role_required(MANAGER)
def trial(request: Request, pk: int) -> HttpResponse:
    """One question that was tried; htmx asks again until it is answered."""
    shown = get_object_or_404(TrialJob.objects.select_related("version"), pk=pk)
    entries = Entry.objects.in_bulk([identity for identity, _use in shown.used])
    used = [(entries[identity], UsedEntry.Use(use).label) for identity, use in shown.used if identity in entries]
    context = {
        "trial": shown,
        "used": [(entry, how, origin) for (entry, how), origin in zip(used, _origins(used), strict=True)],
        "form": TrialForm(initial={"question": shown.question, "context": shown.context}),
    }
    return page_or_fragment(request, "ecc_site/trial.html", "ecc_site/_trial.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def add(request: Request) -> HttpResponse:
    form = EntryForm(request.POST or None, initial={"kind": Entry.Kind.REPLY})
    if request.method == "POST" and form.is_valid():
        entry = Entry.objects.add(by=request.user, source=Entry.Source.PAGE, **form.content)
        acts = entry.holds_on(timezone.localdate())
        messages.success(request, _("It is remembered from now on.") if acts else _("Saved."))
        return redirect("entry", entry.pk)
    return render(request, "ecc_site/add_entry.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def import_file(request: Request) -> HttpResponse:
    """Remember the questions and replies of a file; the lines that were left out are named."""
    form, report = FaqForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report = import_faq(file.name, file.read(MOST_BYTES + 1), request.user)
        except BadFile as error:
            form.add_error("file", str(error))
    return render(request, "ecc_site/import_faq.html", {"form": form, "report": report})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def entry(request: Request, pk: int) -> HttpResponse:
    form = _save(request, pk) if request.method == "POST" else None
    if form and form.is_valid():
        return redirect("entry", pk)
    shown = get_object_or_404(Entry.objects.select_related("author").prefetch_related("wordings"), pk=pk)
    form = form or EntryForm(instance=shown)
    context = {
        "entry": shown,
        "form": form,
        "origin": origins_of([shown])[shown.pk],
        "revisions": shown.revisions.select_related("by")[:SHOWN],
        "uses": _uses_of(shown),
        "learners": learners_of_entry(shown),
        "to_learn": Label.objects.chosen().of_entry(shown).filter(text=shown.text),
    }
    return render(request, "ecc_site/entry.html", context)


@transaction.atomic
def _save(request: Request, pk: int) -> EntryForm:
    """What was sent, and where it is valid written: nobody else changes or erases the entry between the two."""
    Clock.hold()
    found = get_object_or_404(Entry.objects.prefetch_related("wordings"), pk=pk)
    form = EntryForm(request.POST, instance=found)
    if form.is_valid():
        saved = Entry.objects.get(pk=pk)
        saved.change(by=request.user, **form.content)
        acts = saved.holds_on(timezone.localdate())
        messages.success(request, _("Saved. The next answer uses it.") if acts else _("Saved."))
    return form


@require_POST
@role_required(MANAGER)
def change_state(request: Request, pk: int) -> HttpResponse:
    """Remove an entry everywhere at once, or make it act: approve what was proposed, bring back what was removed."""
    target = get_object_or_404(Entry, pk=pk)
    reason = storable(request.POST.get("reason", ""))[:200]
    if request.POST.get("act") == "remove":
        target.remove(by=request.user, reason=reason)
    elif request.POST.get("act") == "restore":
        target.restore(by=request.user, reason=reason)
    return redirect("entry", pk)


@require_POST
@role_required(MANAGER)
def approve(request: Request) -> HttpResponse:
    """Approve the ticked proposals."""
    ids = ids_of(request.POST.getlist("entry"))
    proposed = Entry.objects.filter(pk__in=ids, state=Entry.State.PROPOSED)
    for target in proposed:
        target.restore(by=request.user)
    text = ngettext("%(count)s entry is approved.", "%(count)s entries are approved.", len(proposed))
    messages.success(request, text % {"count": len(proposed)})
    return redirect("memory")


@require_POST
@role_required(MANAGER)
def decide(request: Request, pk: int) -> HttpResponse:
    """Of two entries that answer the same: keep one, both, or make one of them."""
    seen = ids_of(request.POST.getlist("seen"))
    if not seen:  # a pair that was seen on a page can be gone by now, which is told
        get_object_or_404(Pair, pk=pk)
    with errors_as_messages(request):
        Pair.objects.to_decide(pk).decide(request.POST.get("act", ""), request.user, seen)
        return redirect("memory")
    return redirect(f"{reverse('memory')}?pair={pk}")


def _memory_page(request: Request, trial_form: TrialForm | None = None) -> HttpResponse:
    form = EntryFilter(request.GET)
    values = dict(form.values)
    contains = values.pop("contains", "")
    entries = Entry.objects.filter(**values) if "state" in values else Entry.objects.in_use().filter(**values)
    entries = entries.containing(contains) if contains else entries
    page = keyset_page(entries.prefetch_related("wordings"), ("-id",), request.GET.get("after", ""))
    origins, uses = origins_of(page.rows), _recent_uses(page.rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, origins[row.pk], uses.get(row.pk)) for row in page.rows],
        "has_proposed": any(row.state == Entry.State.PROPOSED for row in page.rows),
        "trial_form": trial_form or TrialForm(),
        "pairs": _pairs_to_decide(ids_of([request.GET.get("pair", "")])),
    }
    return page_or_fragment(request, "ecc_site/memory.html", "ecc_site/_memory.html", context)


def _pairs_to_decide(asked: list[int]) -> list[Pair]:
    """The newest, and before them the one that was asked for."""
    undecided = Pair.objects.undecided()
    first = undecided.filter(pk__in=asked) if asked else ()
    return [*first, *undecided.exclude(pk__in=asked)[:SHOWN]]


def _recent_uses(entries: list[Entry]) -> dict[int, dict[str, Any]]:
    """Of each entry that was used in the last days: how many answers it gave, and their mean final score."""
    recent = UsedEntry.objects.filter(
        entry__in=entries, use__in=UsedEntry.GIVEN, answer__created_at__gte=timezone.now() - RECENT
    )
    scored = recent.filter(answer__compared__scores__scorer_set=ScorerSet.objects.current())
    means = dict(scored.values_list("entry").annotate(mean=Avg("answer__compared__scores__final")))
    counts = recent.values_list("entry").annotate(count=Count("id"))
    return {entry: {"count": count, "mean": means.get(entry)} for entry, count in counts}


def _uses_of(entry: Entry) -> list[UsedEntry]:
    """The latest answers that used it."""
    uses = entry.uses.select_related("answer__version", "answer__turn__dialogue__dataset").order_by("-id")
    return list(uses[:SHOWN])


def _origins(used: list[tuple[Entry, Any]]) -> list[str]:
    origins = origins_of([entry for entry, _use in used])
    return [origins[entry.pk] for entry, _use in used]
