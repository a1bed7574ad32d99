"""The second factor of the log-in: a code of an authenticator app, or a recovery code."""

from __future__ import annotations

import io
from base64 import b32encode
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django_otp import login as trust_session

from dashboard.forms import CodeForm
from dashboard.middleware import second_factor_pending, staff_page
from dashboard.models import RecoveryCodes
from dashboard.services.staff import (
    device_to_enrol,
    finish_enrolment,
    has_second_factor,
    renew_recovery_codes,
    verify_code,
)
from dashboard.site import (
    is_locked,
    locked_out,
    record_failed_attempt,
    reset_failed_attempts,
    staff_site,
)

MIN_RECOVERY_CODES = 3  # with fewer left, staff are asked to make new ones


@staff_page
@second_factor_pending
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code; a right one opens the page the person wanted."""
    if not has_second_factor(request.user):
        return redirect(_with_next(request, "staff-enrol"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if is_locked(request):
            return _lock(request)
        device = verify_code(user=request.user, token=form.cleaned_data["code"])
        if device is not None:
            return _let_in(request, device)
        record_failed_attempt(request)
        form.add_error("code", "This code does not fit, or was used before. Try the next one.")
    return _page(request, "second_factor", "Your code", form=form)


@staff_page
@second_factor_pending
def enrol(request: HttpRequest) -> HttpResponseBase:
    """Set up an authenticator app; its first right code shows the recovery codes, once."""
    if has_second_factor(request.user):
        return redirect(_with_next(request, "staff-second-factor"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if is_locked(request):
            return _lock(request)
        done = finish_enrolment(user=request.user, token=form.cleaned_data["code"])
        if done is not None:
            _trust(request, done[0])
            return _page(request, "recovery_codes", "Recovery codes", codes=done[1])
        record_failed_attempt(request)
        form.add_error("code", "This code does not fit. Wait for the next one, then try again.")
    secret = _grouped(device_to_enrol(user=request.user))
    return _page(request, "enrol", "Set up your second factor", form=form, secret=secret)


@require_GET
@staff_page
@second_factor_pending
def enrol_qr_code(request: HttpRequest) -> HttpResponseBase:
    """Send the QR code of the app that is being set up; never of one that works already."""
    if has_second_factor(request.user):
        raise Http404
    picture = io.BytesIO()
    address = device_to_enrol(user=request.user).config_url
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def new_recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Make ten new recovery codes on POST; the site asks for both factors first."""
    codes = renew_recovery_codes(user=request.user) if request.method == "POST" else []
    return _page(request, "recovery_codes", "Recovery codes", codes=codes)


@require_POST
@staff_page
def cancel_login(request: HttpRequest) -> HttpResponseBase:
    """Cancel a log-in whose second factor is pending, so that somebody else can log in."""
    logout(request)
    return redirect("admin:login")


def _let_in(request: HttpRequest, device: Any) -> HttpResponse:
    _trust(request, device)
    if isinstance(device, RecoveryCodes) and len(device.digests) <= MIN_RECOVERY_CODES:
        left = len(device.digests)
        messages.warning(request, f"Recovery codes left: {left}. Make new ones under your name.")
    return HttpResponseRedirect(_next(request))


def _trust(request: HttpRequest, device: Any) -> None:
    request.session.cycle_key()
    trust_session(request, device)
    reset_failed_attempts(request)


def _lock(request: HttpRequest) -> HttpResponseBase:
    logout(request)
    return locked_out(request)


def _grouped(device: Any) -> str:
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if fine else reverse("admin:index")


def _with_next(request: HttpRequest, name: str) -> str:
    return str(redirect_to_login(_next(request), reverse(name)).url)


def _page(request: HttpRequest, name: str, title: str, **more: Any) -> TemplateResponse:
    context = {
        **staff_site.each_context(request),
        "title": title,
        "next": _next(request),
        "on_a_laptop": not settings.PRODUCTION,
        **more,
    }
    return TemplateResponse(request, f"dashboard/{name}.html", context)
