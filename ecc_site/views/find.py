"""What a person can open by its name: a page of its own, and to the palette its fragment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.sign_in import ask_to_sign_in
from ecc_site.finding import find
from ecc_site.forms import FindForm


@require_safe
@cache_control(private=True, no_store=True)
def find_page(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    form = FindForm(request.GET)
    context = {"form": form, "groups": find(request.user, form.values.get("q", ""))}
    return page_or_fragment(request, "ecc_site/find.html", "ecc_site/_found.html", context)
