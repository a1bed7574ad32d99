"""The steps of the checkout up to the payment."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from plugins.fulfilment.reviews import want_invitation
from plugins.ordering.addresses import delivery_countries
from plugins.ordering.holds import pieces_problem
from plugins.ordering.order_messages import INVITATION_KEY, RECEIPT_KEY, TICKS, is_ticked
from plugins.ordering.order_state import can_be_charged
from plugins.ordering.outcomes import (
    BasketIncomplete,
    DeliveryGone,
    OrderRefused,
    PaymentProcessing,
    PlacedOrder,
    PromoNotApplicable,
    ShownChanged,
    SoldOut,
    pause_message,
)
from plugins.ordering.paying import keep_ticks, start_payment
from plugins.ordering.placing import place_order
from plugins.ordering.pricing import read_signed, signed
from plugins.ordering.saleor_patches import one_configuration
from plugins.taxes.relief import Declaration
from product_content.parsing import parse_id
from product_content.shop_settings import shop_facts
from storefront.accounts import add_order
from storefront.addresses import add_address, checkout_fields, list_addresses
from storefront.baskets import address_fields, get_basket
from storefront.checkout import (
    changes_since,
    declare_relief,
    list_delivery_methods,
    missing_step,
    set_address,
    set_delivery,
)
from storefront.decorators import customer_id, private_page
from storefront.discretion import chosen_problems, expected_of, use_remembered, wants_messages
from storefront.forms.account import AddressForm, country_of
from storefront.forms.basket import ReliefForm
from storefront.limits import visitor_of
from storefront.order_access import give_order_access
from storefront.orders import waiting_order
from storefront.responses import (
    INVALID,
    REFUSED,
    form_view,
    read_basket_token,
    see_other,
    status_of,
)
from storefront.types import Basket
from storefront.wording import AddressBookFull, BasketRefused


@form_view
@private_page
def address(request: HttpRequest) -> HttpResponse:
    """Ask where to send the order and how to reach the customer."""
    basket = get_basket(read_basket_token(request))
    if basket is None or not basket.lines:
        return see_other("/basket/")
    form = _address_form(request, basket)
    if form.is_bound and form.is_valid():
        return _keep_address(request, basket, form)
    status = INVALID if form.is_bound else 200
    customer = customer_id(request)
    saved = list_addresses(customer) if customer else None
    return _step(request, "address", basket, {"form": form, "saved": saved}, status)


@form_view
@private_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Offer the ways to deliver to the address."""
    token = read_basket_token(request)
    basket = get_basket(token)
    if basket is None or not basket.lines:
        return see_other("/basket/")
    if basket.address is None:
        return see_other("/checkout/address/")
    if not basket.needs_delivery:
        return see_other("/checkout/review/")
    if request.method == "POST" and _set_delivery(request):
        use_remembered(token=token, customer_id=customer_id(request))
        # Who comes back only because the delivery fell away has seen all the rest.
        return see_other("/checkout/review/" if basket.left_out_delivery else "/checkout/seen/")
    if request.method == "POST":  # nothing is ticked that was not sent
        return _delivery_step(request, basket, {"unchosen": True, "chosen": None}, INVALID)
    return _delivery_step(request, basket, {}, 200)


@require_safe
@private_page
@one_configuration()
def review(request: HttpRequest) -> HttpResponse:
    """Show everything once more, with the button that places the order."""
    basket = get_basket(read_basket_token(request))
    if basket is None or not basket.lines:
        return see_other("/basket/")
    if step := missing_step(basket):
        return see_other(f"/checkout/{step}/")
    if chosen_problems(basket):
        return see_other("/checkout/discretion/")
    return _step(request, "review", basket, _before_paying(basket))


@form_view
@private_page
def vat_relief(request: HttpRequest) -> HttpResponse:
    """Take the declaration by which some goods are sold without VAT, or take it back."""
    token = read_basket_token(request)
    basket = get_basket(token)
    if basket is None or not basket.lines:
        return see_other("/basket/")
    if not basket.relief:
        return see_other("/checkout/review/")
    form = ReliefForm(request.POST or None)
    if request.method == "POST" and "withdraw" in request.POST:
        return _declare(token, None)
    if form.is_valid():
        return _declare(token, form.declaration())
    return _step(request, "relief", basket, {"form": form}, INVALID if form.is_bound else 200)


def _declare(token: UUID | None, declaration: Declaration | None) -> HttpResponse:
    try:
        declare_relief(token=token, declaration=declaration)
    except BasketRefused:
        return see_other("/basket/")
    return see_other("/checkout/review/")


@require_POST
@private_page
def place(request: HttpRequest) -> HttpResponse:
    """Place the order and send the customer on to pay; pressed twice, it is one order.

    The order is what the form's picture shows, or there is none.
    """
    token = read_basket_token(request)
    if token is None:
        return see_other("/basket/")
    keep_ticks(checkout_token=token, ticks={key: key in request.POST for key in TICKS})
    try:
        placed = place_order(
            checkout_token=token, shown=request.POST.get("shown", ""), visitor=visitor_of(request)
        )
    except OrderRefused as refused:
        return _refused(request, token, refused)
    want_invitation(order_id=placed.order_id, wanted=INVITATION_KEY in request.POST)
    if customer := customer_id(request):
        add_order(user_id=customer, token=UUID(placed.order_token))
    response = _to_payment(request, token, placed)
    give_order_access(request, response, placed.order_token)
    return response


def _before_paying(basket: Basket) -> dict[str, Any]:
    return {
        "shown": signed(basket.picture),
        "unpayable": _why_not_now(basket),
        "receipt_wanted": is_ticked(basket.checkout, RECEIPT_KEY),
        "invitation_wanted": is_ticked(basket.checkout, INVITATION_KEY),
        "expected": expected_of(basket),
        "may_be_invited": wants_messages(basket),
    }


def _why_not_now(basket: Basket) -> str:
    """Return why this basket cannot be ordered now, "" where it can."""
    if pause := shop_facts().pause:
        return pause_message(pause)
    return pieces_problem(basket.quantity) or can_be_charged(basket.due).reason


def _to_payment(request: HttpRequest, token: UUID, placed: PlacedOrder) -> HttpResponse:
    try:
        payment = start_payment(order_id=placed.order_id)
    except PaymentProcessing:  # the order's page says how its bank payment stands
        return see_other(f"/orders/{placed.order_token}/")
    except OrderRefused as refused:
        return _refused(request, token, refused)
    return see_other(payment.url or f"/orders/{placed.order_token}/")


def _address_form(request: HttpRequest, basket: Basket) -> AddressForm:
    """Return the form: fresh, sent, or sent only to follow another country."""
    countries = delivery_countries()
    kept = address_fields(basket.token)
    if customer := customer_id(request):
        kept = checkout_fields(customer, request.GET.get("from", ""), kept)
    typed = request.POST.dict()
    country = country_of(countries, typed, kept)
    if request.method == "POST" and "change_country" not in typed:
        return AddressForm(request.POST, countries=countries, country=country)
    return AddressForm(countries=countries, country=country, initial=typed or kept)


def _keep_address(request: HttpRequest, basket: Basket, form: AddressForm) -> HttpResponse:
    customer = customer_id(request)
    if customer and "keep_address" in request.POST:
        with suppress(AddressBookFull):
            add_address(user_id=customer, address=form.address())
    try:
        set_address(token=basket.token, email=form.cleaned_data["email"], address=form.address())
    except BasketRefused:
        return see_other("/basket/")
    return see_other("/checkout/delivery/")


def _set_delivery(request: HttpRequest) -> bool:
    chosen = parse_id(request.POST.get("method", ""))
    if chosen is None:
        return False
    try:
        return set_delivery(token=read_basket_token(request), method_id=chosen)
    except BasketRefused:
        return False


def _refused(request: HttpRequest, token: UUID, refused: OrderRefused) -> HttpResponse:
    basket = get_basket(token)
    if basket is None or not basket.lines:
        return see_other("/basket/")
    if isinstance(refused, ShownChanged | PromoNotApplicable | DeliveryGone):
        return _shown_again(request, basket)
    if isinstance(refused, BasketIncomplete):
        return see_other(f"/checkout/{refused.step}/")
    lines = refused.lines if isinstance(refused, SoldOut) else ()
    processing = isinstance(refused, PaymentProcessing)
    context = {
        "basket": basket,
        "message": str(refused),
        "short": lines,
        "order": waiting_order(basket.token) if processing else None,
    }
    page = "storefront/checkout/refused.html"
    return render(request, page, context, status=status_of(refused))


def _shown_again(request: HttpRequest, basket: Basket) -> HttpResponse:
    """Show the step at which the customer agrees, or chooses, anew, with all that has changed."""
    shown, step = read_signed(request.POST.get("shown", "")), missing_step(basket)
    if step == "delivery":
        methods = list_delivery_methods(basket.token)
        changes = changes_since(shown, basket, methods[0] if methods else None)
        return _delivery_step(request, basket, {"changed": True, "changes": changes}, REFUSED)
    if step is not None:
        return see_other(f"/checkout/{step}/")
    if chosen_problems(basket):
        return see_other("/checkout/discretion/")
    context = {
        "changed": True,
        "changes": changes_since(shown, basket),
        **_before_paying(basket),
    }
    return _step(request, "review", basket, context, REFUSED)


def _delivery_step(
    request: HttpRequest, basket: Basket, more: dict[str, Any], status: int
) -> HttpResponse:
    methods = list_delivery_methods(basket.token)
    first = methods[0].id if methods and basket.delivery is None else None
    known = {method.id for method in methods}
    chosen = basket.delivery_id if basket.delivery_id in known else first
    context = {"methods": methods, "chosen": chosen, **more}
    return _step(request, "delivery", basket, context, status)


def _step(
    request: HttpRequest, name: str, basket: Basket, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"step": name, "basket": basket, **more}
    return render(request, f"storefront/checkout/{name}.html", context, status=status)
