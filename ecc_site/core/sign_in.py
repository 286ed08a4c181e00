"""Sending people to sign in, and back to the page that they were on."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


def ask_to_sign_in(request: HttpRequest) -> HttpResponseRedirectBase:
    return redirect_window(request, redirect_to_login(page_of(request)).url)


def redirect_window(request: HttpRequest, address: str) -> HttpResponseRedirectBase:
    """Lead the whole window to another page; htmx would follow a plain redirect and put that page into this one."""
    return HttpResponseClientRedirect(address) if HtmxDetails(request) else redirect(address)


def page_of(request: HttpRequest) -> str:
    """The address in the person's window: not that of a form they sent, nor of a fragment that htmx asks for."""
    htmx = HtmxDetails(request)
    if request.method in ("GET", "HEAD") and not htmx:
        return request.get_full_path()
    shown = (htmx.current_url if htmx else request.headers.get("Referer")) or ""
    if not url_has_allowed_host_and_scheme(shown, request.get_host()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    return urlsplit(shown)._replace(scheme="", netloc="", fragment="").geturl()
