"""The page on which staff place an order for a customer who telephones or writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from saleor.order.models import Order
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin import requests
from dashboard.admin.orders.steps import use_staff_widget
from dashboard.models import AccessKind
from dashboard.services.customer_orders import (
    Draft,
    DraftRefused,
    Wanted,
    goods_to_choose,
    may_give_away,
    place_draft,
    read_draft,
    save_draft,
)
from dashboard.services.personal_data import record_access
from plugins.discreet_shipping.choices import MAX_CODE_WORD, MAX_NAME, MAX_POINT, MAX_SAFE_PLACE
from plugins.discreet_shipping.forms import PostalAddressForm
from plugins.discreet_shipping.plugin import current_settings
from plugins.ordering.addresses import delivery_countries
from plugins.ordering.codes import MAX_TYPED_LENGTH
from plugins.ordering.outcomes import OrderRefused
from plugins.ordering.submitted_forms import new_token
from product_content.money import format_money
from product_content.parsing import EmailAddressField, parse_id, sku_key

_ROWS = 6  # lines of an order that can be typed; an order holds at most 15 pieces as a rule


def _text(label: str, length: int, help_text: str = "") -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=length, required=False, help_text=help_text, widget=widget
    )


def _choice(label: str, *choices: tuple[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget()
    )


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget())


class ChoicesFields(forms.Form):
    """The delivery options, as the customer says them; the service says what is not on offer."""

    sender = _choice("Sender on the parcel")
    label_name = _choice(
        "Name on the label", ("own", "Their own"), ("initials", "Initials"), ("other", "Another")
    )
    other_name = _text("Other name on the label", MAX_NAME)
    point = _text("Collection point (its code)", MAX_POINT)
    handover = _choice(
        "Hand over to",
        ("any", "Whoever is there"),
        ("signature", "Against a signature"),
        ("named", "The named person only"),
    )
    safe_place = _text("Leave at a safe place", MAX_SAFE_PLACE)
    no_neighbour = _tick("Not with a neighbour")
    not_before = forms.DateField(
        label="Not before",
        required=False,
        widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}),
    )
    messages = _choice(
        "E-mails",
        ("neutral", "Neutral"),
        ("full", "In full, with what was bought"),
        ("legal", "Only those that the law asks for"),
    )
    code_word = _text("Code word in subjects", MAX_CODE_WORD)
    message_email = EmailAddressField(
        label="E-mails to another address",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    link_only = _tick("E-mails only link to the order, without sums")
    slip = _tick("Slip with codes in the parcel")
    return_label = _tick("Return label in the parcel")


class CustomerOrderForm(ChoicesFields, PostalAddressForm):
    """Who orders, what, where it goes and how; the address follows the rules of its country."""

    field_order = ("email", "language")
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput())
    email = EmailAddressField(
        label="E-mail",
        max_length=254,
        help_text="The link to pay goes there, in a neutral e-mail.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label="Language of the customer",
        choices=settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget(),
    )
    code = _text("Promo code or gift card", MAX_TYPED_LENGTH)
    free_because = _text(
        "Give it away, because", 200, "Empty: the customer pays. Nothing about anybody's health."
    )

    def __init__(self, data: Any, *, user: Any, initial: Mapping[str, Any]) -> None:
        countries = delivery_countries()
        known = {code for code, _name in countries}
        asked = (data or initial).get("country", "")
        country = asked if asked in known else next(iter(dict(countries)), settings.DEFAULT_COUNTRY)
        super().__init__(data, countries=countries, country=country, initial=initial)
        rules = current_settings()
        self.fields["sender"].choices = [(name, name) for name in rules.senders]  # type: ignore[attr-defined]
        for name in [*self.base_fields] if not rules.active else ():
            if name in ChoicesFields.base_fields:
                del self.fields[name]
        if not may_give_away(user).allowed:
            del self.fields["free_because"]
        for name in PostalAddressForm.base_fields.keys() & self.fields.keys():
            use_staff_widget(self.fields[name])
        for row in range(1, _ROWS + 1):
            self.fields[f"sku_{row}"] = _text(f"SKU or name {row}", 255)
            self.fields[f"sku_{row}"].widget.attrs["list"] = "goods"
            self.fields[f"pieces_{row}"] = forms.IntegerField(
                label=f"Pieces {row}",
                min_value=1,
                max_value=settings.MAX_CHECKOUT_LINE_QUANTITY,
                required=False,
                widget=UnfoldAdminIntegerFieldWidget(attrs={"autocomplete": "off"}),
            )

    def offer(self, draft: Draft) -> None:
        """Offer the deliveries of a draft, and carry its number."""
        self.fields["method"] = forms.ChoiceField(
            label="Delivery",
            choices=[
                (str(pk), f"{name}, {format_money(price)}") for pk, name, price in draft.methods
            ],
            widget=UnfoldAdminRadioSelectWidget(),
        )
        chosen = {"method": str(draft.method_id or ""), "draft": str(draft.token)}
        self.data = {**dict(self.data.items()), **chosen}

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of the lines, SKU beside pieces."""
        return [(self[f"sku_{row}"], self[f"pieces_{row}"]) for row in range(1, _ROWS + 1)]

    def person(self) -> list[forms.BoundField]:
        """Return the fields of who and where, in the order in which one asks for them."""
        of_address = [name for name in self.fields if name in PostalAddressForm.base_fields]
        return [self[name] for name in ("email", "language", *of_address)]

    def options(self) -> list[forms.BoundField]:
        """Return the fields of the delivery options; none where the shop has none."""
        return [self[name] for name in ChoicesFields.base_fields if name in self.fields]

    def wanted(self) -> Wanted:
        """Return what was typed."""
        data = self.cleaned_data
        pieces: dict[str, int] = {}
        for row in range(1, _ROWS + 1):
            if sku := sku_key(data.get(f"sku_{row}") or ""):
                pieces[sku] = pieces.get(sku, 0) + (data.get(f"pieces_{row}") or 1)
        return Wanted(
            email=data["email"],
            language=data["language"],
            pieces=pieces,
            address=self.address(),
            method_id=parse_id(self.data.get("method", "")),
            choices=self._choices(),
            code=data.get("code", ""),
            free_because=data.get("free_because", ""),
        )

    def _choices(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.options():
            return {}
        day = data.get("not_before")
        plain = (
            "other_name", "point", "safe_place", "no_neighbour", "code_word", "message_email",
            "return_label",
        )  # fmt: skip
        first = current_settings().senders[:1]
        sender = data.get("sender", "")
        return {
            **{name: data[name] for name in plain},
            "sender": "" if sender in first else sender,
            "label_name": data["label_name"] or "own",
            "handover": data["handover"] or "any",
            "messages": data["messages"] or "neutral",
            "receipt": "none" if data["link_only"] else "email",
            "slip": "codes" if data["slip"] else "none",
            "day": "not_before" if day else "any",
            "not_before": day.isoformat() if day else "",
        }


def customer_order_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form; a POST shows what it would cost, and one with `place` places it."""
    bound = request.POST if request.method == "POST" else None
    form = CustomerOrderForm(bound, user=request.user, initial=_known(request))
    draft = _save(request, form) if form.is_valid() else None
    if draft and "place" in request.POST and (order_id := _place(request, form, draft)):
        return redirect("admin:order_order_change", order_id)
    if draft:
        form.offer(draft)
    context = {
        **admin.admin_site.each_context(request),
        "title": "Order for a customer",
        "opts": admin.opts,
        "form": form,
        "draft": draft,
        "sums": _sums(draft) if draft else (),
        "due": format_money(draft.totals.due) if draft and draft.totals.due.amount else "",
        "goods": goods_to_choose(),
        "form_token": new_token(),
    }
    return TemplateResponse(request, "dashboard/customer_order.html", context)


def _sums(draft: Draft) -> list[tuple[str, str]]:
    """Return what it costs, row by row, as one reads it to the customer."""
    totals = draft.totals
    off = [
        *((one.name or one.code, one.amount) for one in totals.discounts),
        *((f"Gift card ending {card.code_end}", card.amount) for card in totals.gift_cards),
    ]
    rows = [
        *((f"{pieces} × {name}", total) for name, pieces, total in draft.lines),
        *((name, -1 * amount) for name, amount in off),
        *([(totals.delivery_name, totals.delivery)] if totals.delivery is not None else []),
        ("To pay", totals.due),
        *([("VAT in it", totals.tax)] if totals.tax.amount else []),
    ]
    return [(name, format_money(amount)) for name, amount in rows]


def _known(request: HttpRequest) -> dict[str, Any]:
    """Return what an earlier order says of its customer; the look at it is written down."""
    order_id = parse_id(request.GET.get("order", ""))
    order = Order.objects.filter(pk=order_id).select_related("shipping_address").first()
    if order is None:
        return {"country": settings.DEFAULT_COUNTRY, "language": settings.LANGUAGE_CODE}
    record_access(actor=request.user, kind=AccessKind.ORDER, subject_id=order.pk)
    address = order.shipping_address.as_data() if order.shipping_address else {}
    return {**address, "email": order.user_email, "language": order.language_code}


def _save(request: HttpRequest, form: CustomerOrderForm) -> Draft | None:
    wanted = form.wanted()
    try:
        token = save_draft(token=form.cleaned_data["draft"], wanted=wanted, actor=request.user)
    except DraftRefused as refused:
        for name, problem in refused.problems.items():
            form.add_error(name if name in form.fields else None, problem)
        return None
    return read_draft(token, actor=request.user, language=wanted.language)


def _place(request: HttpRequest, form: CustomerOrderForm, draft: Draft) -> int | None:
    if not requests.claim(request):
        form.add_error(None, "This was sent before: look into the list of orders first.")
        return None
    try:
        placed = place_draft(
            token=UUID(str(draft.token)),
            shown=request.POST.get("shown", ""),
            actor=request.user,
            language=form.cleaned_data["language"],
        )
    except OrderRefused as refused:
        requests.release(request)
        form.add_error(None, str(refused))
        return None
    free = not placed.total.amount
    messages.success(request, _FREE if free else _LINK_SENT)
    return placed.order_id


_FREE = "The order is placed and costs nothing. It can be packed."
_LINK_SENT = "The order is placed and held for 23 hours. Its customer gets the link to pay."
