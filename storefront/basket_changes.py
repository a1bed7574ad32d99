"""Changing a basket, which is a Saleor checkout: its lines, its codes and whose it is.

Saleor's `add_variant_to_checkout` reads, decides and writes without a lock, so two clicks at
once lose one, and it loads every plugin's configuration each time. Here the checkout row is
locked first, then its lines are changed; fields and their meaning stay Saleor's.

A basket belongs to the browser that has its cookie, also when the customer has an account. Saleor's
`Checkout.user` stays empty: with it Saleor would write to the account's address in place of the
typed one, and put every address into the account unasked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from saleor.account.models import Address, User
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.checkout.utils import remove_voucher_from_checkout
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from plugins.ordering.basket import read_basket
from plugins.ordering.codes import with_code
from plugins.ordering.holds import holds_of_basket
from plugins.ordering.locks import locked_checkout
from plugins.ordering.order_state import live_order_for_checkout
from plugins.ordering.pricing import card_refusal, price_basket
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.submitted_forms import SHARED, claim_form
from product_content.selectors import availability
from storefront.baskets import find_checkout, reserved_quantities
from storefront.for_sale import ForSale, for_sale
from storefront.wording import (
    BasketRefused,
    CodeRefused,
    CodeUnknown,
    LineGone,
    NotForSale,
    ShortOfStock,
    TooMany,
)

_UNKNOWN = _("We do not know this code, or it has ended.")


@transaction.atomic
def apply_code(*, token: UUID | None, code: str) -> None:
    """Put a voucher or a gift card into the basket. Raises CodeUnknown, CodeRefused or LineGone.

    `code` is compared as people type it: only its letters and digits count.
    """
    checkout = _locked_or_refused(token)
    cards = GiftCard.objects.active(timezone.localdate())
    if voucher := _usable_voucher(checkout, code):
        _add_voucher(checkout, voucher)
    elif card := with_code(cards, code).first():
        _add_gift_card(checkout, card)
    else:
        raise CodeUnknown(str(_UNKNOWN))
    _touch(checkout)


@transaction.atomic
def remove_voucher(*, token: UUID | None) -> str:
    """Take the voucher out again and return its code. Raises LineGone without a basket."""
    checkout = _locked_or_refused(token)
    code = checkout.voucher_code or ""
    remove_voucher_from_checkout(checkout)
    _touch(checkout)
    return code


@transaction.atomic
def remove_gift_card(*, token: UUID | None, card_id: int) -> None:
    """Take a gift card out again; one that is not in this basket stays where it is."""
    checkout = _locked_or_refused(token)
    checkout.gift_cards.remove(card_id)
    _touch(checkout)


def _touch(checkout: Checkout) -> None:
    """Note that the basket has just been changed."""
    checkout.save(update_fields=["last_change"])


def _locked_or_refused(token: UUID | None) -> Checkout:
    found = locked_checkout(token)
    if found is None:
        raise LineGone
    return found


def _usable_voucher(checkout: Checkout, code: str) -> Voucher | None:
    """Return a voucher that runs and is not used up, or is by this basket's own order only."""
    held = Q(pk=holds_of_basket(checkout.pk).voucher_id)
    running = Voucher.objects.active(timezone.now())
    return with_code(running, code).first() or with_code(Voucher.objects.filter(held), code).first()


def _add_voucher(checkout: Checkout, voucher: Voucher) -> None:
    """Keep the code with the basket, if it applies now; what it takes off is never stored."""
    found = find_checkout(checkout.pk)
    if found is None:
        raise LineGone
    found.voucher_code = voucher.code
    with one_configuration():
        priced = price_basket(read_basket(found, holds_of_basket(found.pk)))
    if refusals := [one.reason for one in priced.left_out if one.kind == "voucher"]:
        raise CodeRefused(refusals[0])
    checkout.voucher_code = voucher.code
    checkout.save(update_fields=["voucher_code"])


def _add_gift_card(checkout: Checkout, card: GiftCard) -> None:
    if card.currency != checkout.currency:
        raise CodeRefused(str(_UNKNOWN))
    if refusal := card_refusal(card, holds_of_basket(checkout.pk)):
        raise CodeRefused(refusal)
    checkout.gift_cards.add(card)


@dataclass(frozen=True)
class BasketChange:
    """The basket after a change: its token, the pieces of the line and of the whole basket.

    `variant_id` and `before` tell of a line that was changed: of what, and how many it had.
    """

    token: UUID
    line_quantity: int
    basket_quantity: int
    variant_id: int = 0
    before: int = 0


@transaction.atomic
def add_to_basket(
    *, token: UUID | None, variant_id: int, quantity: int, form_token: str = ""
) -> BasketChange:
    """Add pieces of a variant; a token that is unknown or None opens a new basket.

    The same form sent twice adds once (`plugins.ordering.submitted_forms`).
    Raises NotForSale, TooMany or ShortOfStock; then nothing is changed.
    """
    variant = _for_sale(variant_id)
    left = variant.available
    checkout = locked_checkout(token)
    lines = _lines_by_id(checkout) if checkout else {}
    line = next((one for one in lines.values() if one.variant_id == variant_id), None)
    if checkout and not _claim(checkout, form_token, variant_id):
        return BasketChange(checkout.pk, line.quantity if line else 0, _total(lines))
    wanted = quantity + (line.quantity if line else 0)
    if checkout and wanted > left:
        left += reserved_quantities(checkout.pk).get(variant_id, 0)
    _check(name=variant.name, wanted=wanted, available=left)
    checkout = checkout or _opened_basket(form_token, variant_id)
    _write_line(checkout, line, variant_id, wanted)
    return _finish(checkout, wanted, _total(lines) + quantity)


@transaction.atomic
def add_several(
    *, token: UUID | None, pieces: Mapping[int, int], form_token: str = ""
) -> tuple[BasketChange | None, list[str]]:
    """Add pieces of several variants, by their ids, as far as they can be had.

    Return the basket, None if nothing was added to any, and why something was not, in words.
    """
    change, refusals = None, []
    for variant_id, quantity in sorted(pieces.items()):
        own = form_token if form_token in {"", SHARED} else f"{form_token[:32]}-{variant_id}"
        try:
            change = add_to_basket(
                token=token, variant_id=variant_id, quantity=quantity, form_token=own
            )
            token = change.token
        except BasketRefused as refused:
            refusals.append(str(refused))
    return change, refusals


def _opened_basket(form_token: str, variant_id: int) -> Checkout:
    checkout = Checkout.objects.create(currency=settings.DEFAULT_CURRENCY)
    _claim(checkout, form_token, variant_id)
    return checkout


def _claim(checkout: Checkout, form_token: str, variant_id: int) -> bool:
    what = f"variant {variant_id}"
    return claim_form(owner=f"basket {checkout.pk}", token=form_token, what=what)


@transaction.atomic
def change_line(*, token: UUID | None, line_id: int, quantity: int) -> BasketChange:
    """Set a line's pieces; 0 takes it out. Raises LineGone, TooMany or ShortOfStock."""
    checkout = locked_checkout(token)
    lines = _lines_by_id(checkout) if checkout else {}
    if checkout is None or (line := lines.get(line_id)) is None:
        raise LineGone
    if quantity > line.quantity:  # fewer pieces are always possible
        _check_line(checkout, line, quantity)
    total = _total(lines) - line.quantity + quantity
    if quantity == 0:
        line.delete()
    else:
        CheckoutLine.objects.filter(pk=line.pk).update(quantity=quantity)
    finished = _finish(checkout, quantity, total)
    return replace(finished, variant_id=line.variant_id, before=line.quantity)


def _for_sale(variant_id: int) -> ForSale:
    found = for_sale(variant_id)
    if found is None or found.not_for_sale:
        raise NotForSale(found.not_for_sale if found else "")
    return found


def _check_line(checkout: Checkout, line: CheckoutLine, wanted: int) -> None:
    name = _for_sale(line.variant_id).name
    left = availability([line.variant_id], checkout.country.code)[line.variant_id]
    left += reserved_quantities(checkout.pk).get(line.variant_id, 0)
    _check(name=name, wanted=wanted, available=left)


def _check(*, name: str, wanted: int, available: int) -> None:
    if wanted > settings.MAX_CHECKOUT_LINE_QUANTITY:
        raise TooMany(limit=settings.MAX_CHECKOUT_LINE_QUANTITY)
    if wanted > available:
        raise ShortOfStock(name=name, wanted=wanted, available=available)


def _lines_by_id(checkout: Checkout) -> dict[int, CheckoutLine]:
    return {line.pk: line for line in checkout.lines.all()}


def _total(lines: Mapping[int, CheckoutLine]) -> int:
    return sum(line.quantity for line in lines.values())


def _write_line(
    checkout: Checkout, line: CheckoutLine | None, variant_id: int, quantity: int
) -> None:
    if line:
        CheckoutLine.objects.filter(pk=line.pk).update(quantity=quantity)
        return
    CheckoutLine.objects.create(checkout=checkout, variant_id=variant_id, quantity=quantity)


def _finish(checkout: Checkout, line_quantity: int, basket_quantity: int) -> BasketChange:
    checkout.quantity = basket_quantity
    Checkout.objects.filter(pk=checkout.pk).update(
        quantity=basket_quantity, last_change=timezone.now()
    )
    return BasketChange(checkout.pk, line_quantity, basket_quantity)


ACCOUNT_KEY = "account"  # in the basket's private metadata: the id of its customer's account


@transaction.atomic
def claim_basket(*, token: UUID, user_id: int) -> bool:
    """Assign the basket to the account; returns False when it is somebody else's.

    It is somebody else's if another account has used it, or if its order waits for a payment by
    another person. Its lines stay; contact details that another person typed before are erased. In
    a basket that is the account's already, any address is its customer's own choice.
    """
    checkout = locked_checkout(token)
    if checkout is None or _belongs_to_another(checkout, user_id):
        return False
    if _owner(checkout) == user_id:
        return True
    if checkout.email and not _is_address_of(checkout.email, user_id):
        _erase_contact(checkout)
    checkout.store_value_in_private_metadata({ACCOUNT_KEY: user_id})
    checkout.save()
    return True


def _belongs_to_another(checkout: Checkout, user_id: int) -> bool:
    owner = _owner(checkout)
    if owner is not None:
        return bool(owner != user_id)
    order = live_order_for_checkout(checkout.pk)
    return order is not None and not _is_address_of(order.user_email, user_id)


def _owner(checkout: Checkout) -> int | None:
    """Return the id of the account that the basket was assigned to."""
    return (checkout.private_metadata or {}).get(ACCOUNT_KEY)


def _is_address_of(email: str, user_id: int) -> bool:
    return User.objects.filter(pk=user_id, email__iexact=email).exists()


def _erase_contact(checkout: Checkout) -> None:
    addresses = [checkout.shipping_address_id, checkout.billing_address_id]
    checkout.email, checkout.shipping_method = "", None
    checkout.shipping_address = checkout.billing_address = None
    checkout.clear_metadata()  # delivery choices may name a person or a place
    checkout.save()
    Address.objects.filter(pk__in=filter(None, addresses)).delete()
