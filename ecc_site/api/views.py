"""The page that describes the API, from its OpenAPI document; the scripts behind it come from this site."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, role_required


@require_safe
@role_required(ANNOTATOR)
def docs(request: Request) -> HttpResponse:
    return render(request, "ecc_site/api_docs.html")
