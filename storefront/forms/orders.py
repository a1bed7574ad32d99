"""Forms about a placed order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, RegexValidator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from plugins.fulfilment.models import MAX_RETURN_MESSAGE, ReturnReason
from product_content.money import format_money
from product_content.parsing import EmailAddressField
from storefront.returns import ReturnableLine, ReturnPage, SizeOffer

_NO_NUMBER = _("Enter the order’s number, such as 1042.")
_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
_MAX_INTEGER = 2**31 - 1  # of an integer column


class NewLinkForm(forms.Form):
    """An order's number and the e-mail address it was placed with."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=20,
        help_text=_("It stands in the subject of our e-mails and in no other place."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(r"^[#\s]*[0-9]+\s*$", _NO_NUMBER)],
        error_messages={"required": _NO_NUMBER, "max_length": _NO_NUMBER},
    )
    email = EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )

    def clean_number(self) -> int:
        """Return the number; people write it with a # as well."""
        number = int(self.cleaned_data["number"].strip("# \t"))
        MaxValueValidator(_MAX_INTEGER, _NO_NUMBER)(number)
        return number


_REASONS = (
    (ReturnReason.NONE.value, pgettext_lazy("reason of a return", "I would rather not say")),
    (ReturnReason.CHANGED_MIND.value, _("I do not want it any more")),
    (ReturnReason.OTHER_SIZE.value, _("I need another size")),
    (ReturnReason.DAMAGED.value, _("It is damaged or faulty")),
    (ReturnReason.WRONG.value, _("It is not what I ordered")),
)
_SEALED, _OPENED = "sealed", "opened"
_SEALS = (
    (_SEALED, _("Unopened: every seal is whole")),
    (_OPENED, _("Opened, at least one of them")),
)


class ReturnForm(forms.Form):
    """How many pieces of which line, money or another size, the seals, a reason and a message."""

    sealed = forms.ChoiceField(
        label=_("The hygiene seals"),
        choices=_SEALS,
        widget=forms.RadioSelect(),
        error_messages={"required": _("Please say whether the seals are whole.")},
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=_REASONS, required=False)
    message = forms.CharField(
        label=_("A message to us"),
        required=False,
        max_length=MAX_RETURN_MESSAGE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("You need not tell us anything about your health."),
    )

    def __init__(self, data: Any, *, page: ReturnPage) -> None:
        super().__init__(data)
        self._lines = page.lines
        for line in page.lines:
            self.fields[f"line_{line.id}"] = _pieces_field(line)
            if line.sizes:
                self.fields[f"size_{line.id}"] = _size_field(line)

    @property
    def rows(self) -> list[tuple[ReturnableLine, forms.BoundField, forms.BoundField | None]]:
        """Each line with its field for pieces and, if other sizes are sold, for one of them."""
        return [
            (line, self[f"line_{line.id}"], self[f"size_{line.id}"] if line.sizes else None)
            for line in self._lines
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `announce_return`, but for the order."""
        data = self.cleaned_data
        pieces = {line.id: data.get(f"line_{line.id}") or 0 for line in self._lines}
        sizes = {line.id: data.get(f"size_{line.id}") for line in self._lines}
        chosen = {line_id: size.split(":") for line_id, size in sizes.items() if size}
        return {
            "pieces": {line_id: count for line_id, count in pieces.items() if count},
            "wanted": {line_id: int(variant) for line_id, (variant, _) in chosen.items()},
            "shown": {line_id: Decimal(more) for line_id, (_, more) in chosen.items()},
            "reason": data["reason"],
            "sealed": data["sealed"] == _SEALED,
            "message": data["message"],
        }


def _pieces_field(line: ReturnableLine) -> forms.IntegerField:
    wrong = gettext("Enter a whole number from 0 to %(most)s.") % {"most": line.out}
    return forms.IntegerField(
        label=line.name,
        required=False,
        min_value=0,
        max_value=line.out,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        help_text=gettext("You have %(out)s of it.") % {"out": line.out},
        widget=forms.NumberInput(attrs={"min": 0, "max": line.out, "inputmode": "numeric"}),
    )


def _size_field(line: ReturnableLine) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext("In exchange for it"),
        required=False,
        choices=[("", gettext("My money back")), *map(_size_choice, line.sizes)],
        error_messages={"invalid_choice": gettext("Please choose again: its price has changed.")},
    )


def _size_choice(size: SizeOffer) -> tuple[str, str]:
    """Return the choice: its value holds the difference that is shown, so that it is agreed to."""
    text = f"{size.name}, {format_money(size.price)}"
    text = _SOLD_OUT % {"size": text} if not size.left else f"{text}: {_difference(size)}"
    return f"{size.variant_id}:{size.difference.amount}", text


_SOLD_OUT = _("%(size)s (sold out)")


def _difference(size: SizeOffer) -> str:
    more = size.difference
    if more.amount > 0:
        return gettext("you pay %(amount)s more") % {"amount": format_money(more)}
    if more.amount < 0:
        return gettext("you get %(amount)s back") % {"amount": format_money(-1 * more)}
    return gettext("nothing to pay")
