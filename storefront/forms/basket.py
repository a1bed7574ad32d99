"""Forms of the sets' list and around the basket.

The list's filter lives in the address, so it can be kept and shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from plugins.ordering.codes import MAX_TYPED_LENGTH
from plugins.taxes.relief import MAX_CONDITION, MAX_NAME, Declaration
from product_content.parsing import parse_id
from product_content.types import ProductOutline, SizeInfo
from storefront.saved_lists import MAX_AMOUNT, MAX_NUMBER, MAX_SIZES, SizeList
from storefront.sets import SetFilter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MAX_QUANTITY = settings.MAX_CHECKOUT_LINE_QUANTITY
_A_NUMBER = format_lazy(
    _("Enter a whole number from {least} to {most}."), least=1, most=_MAX_QUANTITY
)
_A_NUMBER_OR_NONE = format_lazy(
    _("Enter a whole number from {least} to {most}."), least=0, most=_MAX_QUANTITY
)


def _messages(text: StrOrPromise) -> dict[str, StrOrPromise]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), text)


class AddForm(forms.Form):
    """Put pieces of a variant into the basket."""

    variant = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, error_messages=_messages(_("Choose one of the options."))
    )
    quantity = forms.IntegerField(
        min_value=1, max_value=_MAX_QUANTITY, error_messages=_messages(_A_NUMBER)
    )

    def first_error(self) -> str:
        """Return the first thing that is wrong, in words."""
        return str(next(iter(self.errors.values()))[0])


MAX_KINDS = 12  # different things that one button can add


class SeveralForm(forms.Form):
    """Put several things into the basket: each `pieces` is a variant's id, ":" and a number."""

    pieces = forms.CharField()

    def __init__(self, data: QueryDict) -> None:
        super().__init__({"pieces": " ".join(data.getlist("pieces")[: MAX_KINDS + 1])})

    def clean_pieces(self) -> dict[int, int]:
        """Return the pieces by variant; refuse what no page of ours sends."""
        parts = [part.partition(":") for part in self.cleaned_data["pieces"].split()]
        found = {parse_id(variant): parse_id(number) for variant, _colon, number in parts}
        pieces = {pk: n for pk, n in found.items() if pk and n and n <= _MAX_QUANTITY}
        if len(pieces) < len(parts) or len(pieces) > MAX_KINDS:
            raise forms.ValidationError(_("Choose one of the options."))
        return pieces


class LineForm(forms.Form):
    """Set a line's pieces; 0 takes it out."""

    quantity = forms.IntegerField(
        min_value=0, max_value=_MAX_QUANTITY, error_messages=_messages(_A_NUMBER_OR_NONE)
    )


class CodeForm(forms.Form):
    """A voucher or gift-card code."""

    code = forms.CharField(
        label=_("Voucher or gift card"),
        max_length=MAX_TYPED_LENGTH,
        error_messages={
            "required": _("Enter a code."),
            "max_length": _("A code is shorter than that."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class SizeListForm(forms.Form):
    """Amounts of sizes for somebody else's basket, and whether they are to have magnets."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=(("smooth", _("Without magnets")), ("magnetic", _("With magnets"))),
        initial="smooth",
        widget=forms.RadioSelect(),
    )

    def __init__(self, data: QueryDict | None, *, chart: Sequence[SizeInfo]) -> None:
        super().__init__(data)
        self.chart = [size for size in chart if size.number <= MAX_NUMBER][:MAX_SIZES]
        for size in self.chart:
            self.fields[f"size_{size.number}"] = _amount_field()

    @property
    def rows(self) -> list[tuple[SizeInfo, forms.BoundField]]:
        """Each size with the field for its amount."""
        return [(size, self[f"size_{size.number}"]) for size in self.chart]

    def clean(self) -> dict[str, Any]:
        """Refuse a list without a size."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(field.name) for _size, field in self.rows):
            raise forms.ValidationError(_("Choose how many of at least one size."))
        return data

    def wanted(self) -> SizeList:
        """Return the list."""
        data = self.cleaned_data
        amounts = {size.number: data[field.name] or 0 for size, field in self.rows}
        chosen = {number: amount for number, amount in amounts.items() if amount}
        return SizeList(chosen, magnetic=data["kind"] == "magnetic")


def _amount_field() -> forms.IntegerField:
    wrong = format_lazy(_("Enter a whole number from {least} to {most}."), least=0, most=MAX_AMOUNT)
    return forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_AMOUNT,
        error_messages=_messages(wrong),
        widget=forms.NumberInput(
            attrs={"class": "number", "inputmode": "numeric", "placeholder": "0"}
        ),
    )


class ReliefForm(forms.Form):
    """What a customer declares to buy some goods without VAT."""

    name = forms.CharField(
        label=_("Name of the person the goods are for"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    condition = forms.CharField(
        label=_("Their long-term illness or disability"),
        max_length=MAX_CONDITION,
        help_text=_("In a few words of your own. The tax office (HMRC) wants us to ask."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=_(
            "I declare that this person is chronically ill or disabled, and that the goods are for "
            "their personal or domestic use."
        ),
        error_messages={"required": _("Without this we have to charge the VAT.")},
    )

    def declaration(self) -> Declaration:
        """Return what was declared."""
        return Declaration(self.cleaned_data["name"], self.cleaned_data["condition"])


_MAGNETS = [("", _("Either")), ("no", _("Without magnets")), ("yes", _("With magnets"))]
_AS_BOOLEAN = {"yes": True, "no": False}
_SORTS = [
    ("", _("What suits most people first")),
    ("smallest", _("Smallest size first")),
    ("range", _("Most sizes first")),
    ("price", _("Lowest price first")),
]
_MAX_WIDTH_MM = 99
LEFT_OUT = _("We could not use this, so we left it out.")


def _choice(label: StrOrPromise, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": LEFT_OUT},
        **options,
    )


def _number(label: StrOrPromise, example: str, *, maximum: int) -> forms.IntegerField:
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), LEFT_OUT)
    box = forms.NumberInput(attrs={"placeholder": example, "inputmode": "numeric"})
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=maximum,
        error_messages=messages,
        widget=box,
    )


class SetFilterForm(forms.Form):
    """Which sets to show. A value that cannot be understood is ignored, with a message."""

    size = _choice(_("Has size"), coerce=int)
    from_mm = _number(_("From width, mm"), "13", maximum=_MAX_WIDTH_MM)
    to_mm = _number(_("To width, mm"), "38", maximum=_MAX_WIDTH_MM)
    material = _choice(_("Material"))
    firmness = _choice(_("Firmness"))
    magnetic = _choice(_("Magnets"), choices=_MAGNETS, coerce=_AS_BOOLEAN.__getitem__)
    max_price = _number(_("Price up to"), "60", maximum=9999)
    sort = _choice(_("Sort by"), choices=_SORTS)
    in_stock = forms.BooleanField(label=_("In stock now"), required=False)

    def __init__(
        self, data: Any, *, chart: Sequence[SizeInfo], cards: Iterable[ProductOutline]
    ) -> None:
        """Offer the sizes of `chart`, and what the sets are made of."""
        super().__init__(data)
        sets = list(cards)
        sizes = [(size.number, f"{size.number} · {size.diameter_mm} mm") for size in chart]
        self._offer("size", sizes)
        self._offer("material", [(name, name) for name in sorted({c.material for c in sets})])
        self._offer("firmness", [(name, name) for name in sorted({c.firmness for c in sets})])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = [("", _("Any")), *choices]  # type: ignore[attr-defined]

    def wanted(self) -> SetFilter:
        """Return the filter, with what could not be understood left out."""
        self.is_valid()
        kept = {name: self.cleaned_data.get(name) for name in SetFilter.__dataclass_fields__}
        return SetFilter(**{**kept, "in_stock": kept["in_stock"] or None})

    def query(self) -> str:
        """Return what was asked for as a query for an address; call after `wanted`."""
        given = {name: str(self.data.get(name) or "") for name in self.cleaned_data}
        return urlencode({name: value for name, value in given.items() if value})

    def sort_by(self) -> str:
        """Return the order asked for; call after `wanted`."""
        return self.cleaned_data.get("sort") or "usual"
