"""Forms of gift cards: what is bought and for whom, and to send one again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plugins.ordering.gift_cards import (
    GiftCardTerms,
    GiftCardWish,
    may_buy,
    may_wait_until,
    new_wish_key,
)
from plugins.ordering.money_models import MAX_MESSAGE, MAX_NAME, CardKind
from product_content.money import format_money, rounded
from product_content.parsing import EmailAddressField

_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
_OTHER = "other"
# Else strangers could have us send their links.
_NO_LINKS = RegexValidator(
    r"://|www\.|\.\w{2,}/", _("Please write it without a link."), inverse_match=True
)


def _address(label: Any, *, required: bool, autocomplete: str) -> EmailAddressField:
    return EmailAddressField(
        label=label,
        max_length=254,
        required=required,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )


class GiftCardForm(forms.Form):
    """The amount, for whom, and the buyer's own address."""

    amount = forms.ChoiceField(
        label=_("Amount"),
        widget=forms.RadioSelect(),
        error_messages={"required": _("Choose an amount.")},
    )
    other = forms.DecimalField(
        label=_("Another amount"),
        required=False,
        localize=True,
        max_digits=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter an amount, such as 40.")},
    )
    kind = forms.ChoiceField(
        label=_("How it gets to them"),
        choices=(
            (CardKind.EMAIL.value, _("By e-mail, to an address that you name")),
            (CardKind.PRINT.value, _("I print it, or hand over the code myself")),
        ),
        widget=forms.RadioSelect(),
        error_messages={"required": _("Choose how it gets to them.")},
    )
    recipient = _address(_("Their e-mail address"), required=False, autocomplete="off")
    not_before = forms.DateField(
        label=_("Not before"),
        required=False,
        help_text=_("Empty: as soon as it is paid."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a day, such as 2026-12-24.")},
    )
    from_name = forms.CharField(
        label=_("Your name on the card"),
        required=False,
        max_length=MAX_NAME,
        validators=[_NO_LINKS],
        help_text=_("Empty: the card does not say from whom it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    message = forms.CharField(
        label=_("A few words"),
        required=False,
        max_length=MAX_MESSAGE,
        validators=[_NO_LINKS],
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    email = _address(_("Your own e-mail address"), required=True, autocomplete="email")

    def __init__(self, *args: Any, terms: GiftCardTerms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        amounts = [(_text(money.amount), format_money(money)) for money in terms.suggested]
        self.fields["amount"].choices = [*amounts, (_OTHER, _("Another amount"))]  # type: ignore[attr-defined]
        self.fields["other"].help_text = gettext("From %(least)s to %(most)s.") % {
            "least": format_money(terms.least),
            "most": format_money(terms.most),
        }
        self.fields["email"].help_text = gettext("For the confirmation and the invoice.")

    def clean(self) -> dict[str, Any]:
        """Refuse an amount that is not for sale, and an e-mail without an address."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == CardKind.EMAIL and not self.has_error("recipient"):
            self._refuse("recipient", "" if data.get("recipient") else str(_NO_ADDRESS))
        if data.get("amount") and not self.has_error("other"):
            self._refuse_amount(data)
        self._refuse("not_before", may_wait_until(data.get("not_before")).reason)
        return data

    def _refuse_amount(self, data: dict[str, Any]) -> None:
        field = "other" if data["amount"] == _OTHER else "amount"
        if field == "other" and data.get("other") is None:
            self._refuse("other", gettext("Enter an amount, such as 40."))
            return
        data["price"] = data["other"] if field == "other" else Decimal(data["amount"])
        self._refuse(field, may_buy(data["price"], self.terms).reason)

    def _refuse(self, field: str, reason: str) -> None:
        if reason and not self.has_error(field):
            self.add_error(field, reason)

    def wish(self) -> GiftCardWish:
        """Return what is wished for, under a key of its own."""
        data = self.cleaned_data
        by_email = data["kind"] == CardKind.EMAIL
        day = data["not_before"] if by_email else None
        return GiftCardWish(
            amount=_text(data["price"]),
            currency=settings.DEFAULT_CURRENCY,
            kind=data["kind"],
            email=data["email"],
            recipient=data["recipient"] if by_email else "",
            from_name=" ".join(data["from_name"].split()),
            message=" ".join(data["message"].split()),
            not_before=day.isoformat() if day else "",
            key=new_wish_key(),
        )


def typed_of(wish: GiftCardWish, terms: GiftCardTerms) -> dict[str, str]:
    """Return what was typed for a wish, to fill the form with it again."""
    suggested = {_text(money.amount) for money in terms.suggested}
    named = wish.amount in suggested
    return {
        "amount": wish.amount if named else _OTHER,
        "other": "" if named else wish.amount,
        "kind": wish.kind,
        "recipient": wish.recipient,
        "not_before": wish.not_before,
        "from_name": wish.from_name,
        "message": wish.message,
        "email": wish.email,
    }


def _text(amount: Decimal) -> str:
    """Return an amount as the shop's currency has it: 40.50, or 4050 of yen."""
    return str(rounded(amount, settings.DEFAULT_CURRENCY))


class SendAgainForm(forms.Form):
    """To which address a gift card is sent once more."""

    recipient = _address(_("Their e-mail address"), required=True, autocomplete="off")
