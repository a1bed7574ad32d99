"""Which conditions each kind of voucher can have: those that prices enforce, and no others.

What the form accepts has an effect in basket and order; a test tries every kind with every one.
"""

from __future__ import annotations

from saleor.discount import VoucherType


def condition_problems(
    kind: str | None, *, once_per_order: bool, for_goods: bool
) -> dict[str, str]:
    """Return what a voucher of this kind cannot have, in words for staff, by field.

    `kind` is None where staff chose none that there is; `for_goods` says that products,
    collections or categories are chosen. All other conditions (countries, minimums, limits of
    use, dates) hold for every kind.
    """
    if kind is None:
        return {}
    if kind == VoucherType.SPECIFIC_PRODUCT:
        missing = "Choose the products that it is for, or collections or categories."
        return {} if for_goods else {"products": missing}
    problems = {}
    if once_per_order:
        problems["apply_once_per_order"] = (
            "Only a code for certain products can be for one piece of them."
        )
    if for_goods:
        problems["products"] = (
            "This kind of code does not look at products. Choose “Specific products”, or none."
        )
    return problems
