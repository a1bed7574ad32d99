"""The privacy preview and the choices behind it: in the checkout and on a placed order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from plugins.discreet_shipping.changes import change_choices
from plugins.discreet_shipping.choices import ChoicesRefused
from plugins.discreet_shipping.policies import ChangeRefused
from storefront import discretion
from storefront.baskets import get_basket
from storefront.checkout import missing_step
from storefront.decorators import customer_id, private_page, same_origin_only
from storefront.discretion import keep_choices
from storefront.forms.discretion import (
    LIMITS,
    WEEKDAY_NAMES,
    DiscretionForm,
    RehearsalForm,
    read_sent,
)
from storefront.limits import is_within
from storefront.order_access import order_page
from storefront.orders import get_order_page
from storefront.responses import (
    INVALID,
    REFUSED,
    TOO_MANY,
    UNAVAILABLE,
    form_view,
    not_sent,
    or_404,
    pdf_file,
    read_basket_token,
    see_other,
)
from storefront.types import Basket, OrderPage
from storefront.wording import AskedTooOften, BasketRefused, LinkNotSent


@require_safe
@private_page
def preview(request: HttpRequest) -> HttpResponse:
    """Show what others will see of this order, before it is paid."""
    basket, away = _ready(request)
    if basket is None:
        return see_other(away)
    if discretion.chosen_problems(basket):
        return see_other("/checkout/discretion/")
    context = {"step": "preview", "basket": basket, "preview": discretion.preview_of_basket(basket)}
    return render(request, "storefront/discretion/preview.html", context)


@require_safe
@private_page
def preview_label(request: HttpRequest) -> HttpResponse:
    """Return the label of the basket's order, to be printed and looked at before paying."""
    basket, away = _ready(request)
    if basket is None:
        return see_other(away)
    label = or_404(discretion.preview_label(basket))
    return pdf_file(label, "label")


@require_safe
@private_page
def rehearsal(request: HttpRequest) -> HttpResponse:
    """Let anybody try out, before buying, what others would see."""
    return _rehearsal(request, RehearsalForm(), 200)


@require_safe
@private_page
def rehearsal_label(request: HttpRequest) -> HttpResponse:
    """Return a label of nobody, to be printed and looked at."""
    return pdf_file(discretion.rehearsed_label(), "label")


@require_POST
@same_origin_only
@private_page
def rehearse(request: HttpRequest) -> HttpResponse:
    """Send one sample e-mail to the address that was typed; nothing of it is kept."""
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        return _rehearsal(request, form, INVALID)
    if not is_within(request, what="rehearsal"):
        return _rehearsal(request, form, TOO_MANY)
    try:
        discretion.rehearse_email(address=form.cleaned_data["email"])
    except AskedTooOften:
        return _rehearsal(request, form, TOO_MANY)
    except LinkNotSent:
        return _rehearsal(request, form, UNAVAILABLE)
    return see_other("/rehearsal/?sent=yes")


def _rehearsal(request: HttpRequest, form: RehearsalForm, status: int) -> HttpResponse:
    context = {
        "form": form,
        "label": discretion.rehearsed_drawing(),
        "sent": "sent" in request.GET,
        **not_sent(status),
    }
    return render(request, "storefront/discretion/rehearsal.html", context, status=status)


@form_view
@private_page
def options(request: HttpRequest) -> HttpResponse:
    """Let the customer choose how the parcel and everything around it looks."""
    basket, away = _ready(request)
    if basket is None:
        return see_other(away)
    if request.method != "POST":
        return _options(request, basket, problems=discretion.chosen_problems(basket))
    offer = discretion.offer_for_basket(basket.token)
    data = read_sent(request.POST, offer.offered if offer else ())
    if "search" in request.POST:
        return _options(request, basket, sent=data)
    try:
        keep_choices(
            token=basket.token,
            data=data,
            customer_id=customer_id(request),
            remember="remember" in request.POST,
        )
    except ChoicesRefused as refused:
        return _options(request, basket, sent=data, problems=refused.problems, status=INVALID)
    except BasketRefused:
        return see_other("/basket/")
    return see_other("/checkout/seen/")


@require_safe
@order_page
def order_preview(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what was promised for a placed order."""
    order = or_404(get_order_page(token))
    promised = or_404(discretion.preview_of_order(order))
    context = {"order": order, "preview": promised, "refusal": order.change_refusal}
    return render(request, "storefront/discretion/order_preview.html", context)


@form_view
@order_page
def order_options(request: HttpRequest, token: UUID) -> HttpResponse:
    """Let the customer change it until packing begins."""
    order = or_404(get_order_page(token))
    if order.change_refusal:
        return _order_options(request, order, refusal=order.change_refusal, status=REFUSED)
    if request.method != "POST":
        return _order_options(request, order)
    offer = discretion.offer_for_order(token)
    data = read_sent(request.POST, offer.offered if offer else ())
    if "search" in request.POST:
        return _order_options(request, order, sent=data)
    try:
        change_choices(order_id=order.id, data=data)
    except ChoicesRefused as refused:
        problems = refused.problems
        return _order_options(request, order, sent=data, problems=problems, status=INVALID)
    except ChangeRefused as refused:
        return _order_options(request, order, sent=data, refusal=str(refused), status=REFUSED)
    return see_other(f"/orders/{token}/seen/?changed=yes")


def _ready(request: HttpRequest) -> tuple[Basket | None, str]:
    """Return the basket once its address and delivery are chosen, or where to go first."""
    token = read_basket_token(request)
    basket = get_basket(token)
    if basket is None or not basket.lines:
        return None, "/basket/"
    if step := missing_step(basket):
        return None, f"/checkout/{step}/"
    return (basket, "") if basket.needs_delivery else (None, "/checkout/review/")


def _options(
    request: HttpRequest,
    basket: Basket,
    *,
    sent: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    offer = discretion.offer_for_basket(basket.token)
    if offer is None:
        return see_other("/checkout/address/")
    context = {
        "step": "preview",
        "basket": basket,
        "can_remember": customer_id(request) is not None,
        "remembers": _remembers(request),
        **_fields(request, offer, sent, problems),
    }
    return render(request, "storefront/discretion/options.html", context, status=status)


def _remembers(request: HttpRequest) -> bool:
    """Say whether the box is ticked: as it was sent, or as the account has it."""
    if request.method == "POST":
        return "remember" in request.POST
    return discretion.remembers(customer_id(request))


def _order_options(
    request: HttpRequest,
    order: OrderPage,
    *,
    sent: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    offer = or_404(discretion.offer_for_order(order.token))
    context = {"order": order, "refusal": refusal, **_fields(request, offer, sent, problems)}
    return render(request, "storefront/discretion/order_options.html", context, status=status)


def _fields(
    request: HttpRequest,
    offer: discretion.Offer,
    sent: dict[str, Any] | None,
    problems: dict[str, str] | None,
) -> dict[str, Any]:
    chosen = DiscretionForm.from_choices(offer.choices).values
    form = DiscretionForm(chosen if sent is None else sent, problems)
    postcode = request.POST.get("postcode") or offer.postcode
    looking = "search" in request.POST or "point" in form.problems
    code = form.values["point"]
    points = discretion.nearby_points(offer, postcode) if looking else []
    return {
        "form": form,
        "offer": offer,
        "chosen_point": discretion.chosen_point(offer, code) if code else None,
        "points": [found for found in points if found.point.code != code],
        "looked": "search" in request.POST,
        "postcode": postcode[:12],
        "limits": LIMITS,
        "weekdays": [day for day in WEEKDAY_NAMES if day[0] in offer.weekdays],
    }
