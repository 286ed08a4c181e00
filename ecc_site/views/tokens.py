"""A person's tokens for the REST API: the list, a new one, which is shown once, and revoking."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecc_site.core.api_tokens import make_token, revoke_token
from ecc_site.core.keyset import keyset_page
from ecc_site.core.models import ApiToken
from ecc_site.core.requests import Request
from ecc_site.core.roles import ANNOTATOR, role_required
from ecc_site.forms import RevokeForm, TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ANNOTATOR)
def tokens(request: Request) -> HttpResponse:
    """A new token is in this one response, which no browser keeps, and in no session, log or database."""
    form, secret = TokenForm(request.POST or None, request.user), ""
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        _token, secret = make_token(request.user, chosen["name"], chosen["scopes"], form.expires_at)
        form = TokenForm(None, request.user)
    page = keyset_page(ApiToken.objects.filter(user=request.user), ("-id",), request.GET.get("after", ""))
    return render(request, "ecc_site/tokens.html", {"form": form, "secret": secret, "page": page})


@require_POST
@role_required(ANNOTATOR)
def revoke(request: Request) -> HttpResponse:
    form = RevokeForm(request.POST, request.user)
    if form.is_valid():
        token = form.cleaned_data["token"]
        revoke_token(token, by=request.user)
        messages.success(request, _("%(name)s is revoked.") % {"name": token})
    return redirect("tokens")
