"""Gift cards: buying one, its page for whom it is for, and what its buyer can do with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from plugins.order_emails.plugin import send_gift_card_again
from plugins.order_emails.policies import SendRefused
from plugins.ordering.gift_cards import (
    GiftCardRefused,
    GiftCardTerms,
    GiftCardWish,
    gift_card_terms,
    place_gift_card,
    read_wish,
    refund_unused_card,
    signed_wish,
)
from plugins.ordering.invoices import computes_vat
from plugins.ordering.outcomes import OrderRefused, pause_message
from plugins.ordering.paying import start_payment
from plugins.ordering.sold_cards import code_in_groups, sale_from_link
from product_content.shop_settings import shop_facts
from storefront.decorators import customer_id, private_page, same_origin_only
from storefront.discretion import preview_of_gift_card
from storefront.forms.gift_cards import GiftCardForm, SendAgainForm, typed_of
from storefront.limits import visitor_of
from storefront.order_access import give_order_access, order_page
from storefront.orders import card_of_order, get_order_page
from storefront.page_cache import public_page
from storefront.responses import INVALID, REFUSED, form_view, or_404, see_other, status_of
from storefront.types import OrderPage


@form_view
@csrf_exempt  # a token would need a cookie; `_asked` looks where the form comes from
@public_page()
def buy(request: HttpRequest) -> HttpResponse:
    """Ask for an amount and for whom it is; the answer is the page before paying."""
    if request.method == "POST":
        return _asked(request)
    terms = gift_card_terms()
    return _form_page(request, GiftCardForm(terms=terms) if terms else None)


@same_origin_only
@private_page
def _asked(request: HttpRequest) -> HttpResponse:
    terms = gift_card_terms()
    if terms is None:
        return _form_page(request, None)
    if "change" in request.POST:
        wish = read_wish(request.POST.get("shown", ""))
        return _form_page(request, _filled(wish, terms))
    form = GiftCardForm(request.POST, terms=terms)
    if not form.is_valid():
        return _form_page(request, form, status=INVALID)
    return _check_page(request, form.wish())


@require_POST
@private_page
def pay(request: HttpRequest) -> HttpResponse:
    """Place the order of the card that was shown and lead on to pay; twice is one order."""
    shown = request.POST.get("shown", "")
    try:
        placed = place_gift_card(
            shown=shown, user_id=customer_id(request), visitor=visitor_of(request)
        )
        payment = start_payment(order_id=placed.order_id)
    except OrderRefused as refused:
        terms = gift_card_terms()
        form = _filled(read_wish(shown), terms) if terms else None
        return _form_page(request, form, message=str(refused), status=status_of(refused))
    response = see_other(payment.url or f"/orders/{placed.order_token}/")
    give_order_access(request, response, placed.order_token)
    return response


def _filled(wish: GiftCardWish | None, terms: GiftCardTerms) -> GiftCardForm:
    return GiftCardForm(terms=terms, initial=typed_of(wish, terms) if wish else None)


def _form_page(
    request: HttpRequest, form: GiftCardForm | None, *, message: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "message": message, "return_days": settings.RETURN_DAYS}
    return render(request, "storefront/gift_cards/buy.html", context, status=status)


def _check_page(request: HttpRequest, wish: GiftCardWish) -> HttpResponse:
    pause = shop_facts().pause
    context = {
        "wish": wish,
        "shown": signed_wish(wish),
        "unpayable": pause_message(pause) if pause else "",
        "preview": preview_of_gift_card(wish.email, wish.price),
        "computes_vat": computes_vat(),
    }
    return render(request, "storefront/gift_cards/check.html", context)


@require_safe
@private_page
def open_card(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a card's code to whom it was sent to."""
    sale = sale_from_link(signed)
    if sale is None or sale.card is None:
        return render(request, "storefront/gift_cards/gone.html", status=404)
    return _card_page(request, sale, None)


@require_safe
@order_page
def card(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show the code to a buyer who hands it over; one that was sent is its receiver's."""
    page, sale = _found(token)
    if page.gift_card is None or not page.gift_card.may_be_printed or sale is None:
        raise Http404
    return _card_page(request, sale, page)


def _card_page(request: HttpRequest, sale: Any, order: OrderPage | None) -> HttpResponse:
    context = {
        "sale": sale,
        "code": code_in_groups(sale.card),
        "left": sale.card.current_balance,
        "address": settings.PUBLIC_URL.partition("://")[2],
        "order": order,
    }
    return render(request, "storefront/gift_cards/card.html", context)


@require_POST
@order_page
def send(request: HttpRequest, token: UUID) -> HttpResponse:
    """Send the card once more, to the same address or another one."""
    page, _sale = _found(token)
    form = SendAgainForm(request.POST)
    if not form.is_valid():
        return _send_page(request, page, form, INVALID)
    try:
        send_gift_card_again(order_id=page.id, recipient=form.cleaned_data["recipient"])
    except SendRefused as refused:
        form.add_error("recipient", str(refused))
        return _send_page(request, page, form, REFUSED)
    return see_other(f"/orders/{token}/?sent=card")


def _send_page(
    request: HttpRequest, order: OrderPage, form: SendAgainForm, status: int
) -> HttpResponse:
    context = {"order": order, "form": form}
    return render(request, "storefront/gift_cards/send.html", context, status=status)


@form_view
@order_page
def refund_card(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask for confirmation, then give the money of an unused card back."""
    page, _sale = _found(token)
    if page.gift_card is None:
        raise Http404
    refusal, status = page.gift_card.refund_refusal, 200
    if request.method == "POST":
        try:
            refund_unused_card(order_id=page.id, actor_id=customer_id(request))
        except GiftCardRefused as refused:
            refusal, status = str(refused), int(REFUSED)
        else:
            return see_other(f"/orders/{token}/")
    context = {"order": page, "refusal": refusal}
    return render(request, "storefront/gift_cards/refund.html", context, status=status)


def _found(token: UUID) -> tuple[OrderPage, Any]:
    page = or_404(get_order_page(token))
    return page, card_of_order(page.id)
