"""The filter of the sets' list. It lives in the address, so it can be kept and shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from product_content.types import ProductOutline, SizeInfo
from storefront.sets import SetFilter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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
