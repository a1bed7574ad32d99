"""The filter of the sets' list. It lives in the address, so it can be kept and shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms

from product_content.types import SizeInfo

_MAGNETS = [("", "Either"), ("no", "Without magnets"), ("yes", "With magnets")]
_AS_BOOLEAN = {"yes": True, "no": False}


class SetFilter(TypedDict):
    """What `product_content.selectors.list_sets` is asked for; sizes are numbers of the chart."""

    size: int | None
    from_size: int | None
    to_size: int | None
    magnetic: bool | None
    in_stock: bool


class SetFilterForm(forms.Form):
    """Which sets to show. A value that makes no sense is left out, never an error page."""

    size = forms.TypedChoiceField(label="Has size", coerce=int, required=False, empty_value=None)
    from_size = forms.TypedChoiceField(
        label="From size", coerce=int, required=False, empty_value=None
    )
    to_size = forms.TypedChoiceField(
        label="Up to size", coerce=int, required=False, empty_value=None
    )
    magnetic = forms.ChoiceField(label="Magnets", choices=_MAGNETS, required=False)
    in_stock = forms.BooleanField(label="In stock now", required=False)

    def __init__(self, data: Any, *, chart: Sequence[SizeInfo]) -> None:
        """Offer the sizes of `chart`."""
        super().__init__(data)
        sizes = [("", "Any"), *((s.number, f"{s.number} · {s.diameter_mm} mm") for s in chart)]
        for name in ("size", "from_size", "to_size"):
            self.fields[name].choices = sizes  # type: ignore[attr-defined]

    def wanted(self) -> SetFilter:
        """Return the filter, with what could not be understood left out."""
        self.is_valid()
        kept = self.cleaned_data
        return SetFilter(
            size=kept.get("size"),
            from_size=kept.get("from_size"),
            to_size=kept.get("to_size"),
            magnetic=_AS_BOOLEAN.get(kept.get("magnetic", "")),
            in_stock=kept.get("in_stock", False),
        )


def loosen(wanted: SetFilter) -> str:
    """Say what to give up when no set is found."""
    if wanted["in_stock"]:
        return "Try without “in stock now”: a sold-out set comes back."
    if wanted["magnetic"] is not None:
        return "Try either kind, with or without magnets."
    if wanted["from_size"] or wanted["to_size"]:
        return "Try a wider range of sizes, or one size only."
    return "No set has this size just now. It may be there as a single."
