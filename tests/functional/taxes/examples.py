"""The worked examples of docs/taxes.md, computed by hand: what is bought, and what is VAT of it."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Example:
    """A purchase and its figures, in pounds.

    `goods` are price, tax class and pieces; `parts` the tax of each line and of each part of the
    delivery. `voucher` are fields of one, `card` is on a gift card. `back` are the refunds:
    pieces of the first line, or "" for all that is left, with gross and VAT of its credit note.
    """

    name: str
    goods: tuple
    parts: tuple
    total: str
    tax: str
    due: str
    country: str = "GB"
    without_rate: str = "same_price"
    voucher: dict = field(default_factory=dict)
    card: str = ""
    back: tuple = ()

    @property
    def sums(self):
        """Total, VAT and what is left to pay, as decimals."""
        return tuple(map(Decimal, (self.total, self.tax, self.due)))


EXAMPLES = (
    Example("Two pieces at the standard rate", (("49.00", "standard", 2),),
            ("16.33", "0.58"), "101.50", "16.91", "101.50"),
    Example("Reduced rate", (("30.00", "reduced", 1),),
            ("1.43", "0.17"), "33.50", "1.60", "33.50"),
    Example("Zero rate", (("12.00", "zero", 1),),
            ("0.00", "0.00"), "15.50", "0.00", "15.50"),
    Example("Two rates share the delivery",
            (("49.00", "standard", 1), ("21.00", "zero", 1)),
            ("8.17", "0.00", "0.41", "0.00"), "73.50", "8.58", "73.50"),
    Example("A voucher of £10.00 lowers both prices",
            (("49.00", "standard", 1), ("30.00", "reduced", 1)),
            ("7.13", "1.25", "0.36", "0.06"), "72.50", "8.80", "72.50",
            voucher={"discount_value": "10.00"}),
    Example("A gift card of £20.00 pays, and lowers nothing", (("49.00", "standard", 2),),
            ("16.33", "0.58"), "101.50", "16.91", "81.50", card="20.00"),
    Example("A voucher for the delivery", (("49.00", "standard", 1),),
            ("8.17",), "49.00", "8.17", "49.00",
            voucher={"type": "shipping", "discount_value": "10.00"}),
    Example("To Spain, by Spain’s rates",
            (("49.00", "standard", 1), ("30.00", "reduced", 1)),
            ("8.50", "2.73", "0.38", "0.12"), "82.50", "11.73", "82.50", country="ES"),
    Example("To the United States, at the same price", (("49.00", "standard", 1),),
            ("0.00", "0.00"), "52.50", "0.00", "52.50", country="US"),
    Example("To the United States, without the tax of home", (("49.00", "standard", 1),),
            ("0.00", "0.00"), "43.75", "0.00", "43.75", country="US", without_rate="net_price"),
    Example("Half a penny, rounded for each line",
            (("0.99", "standard", 3), ("0.99", "standard", 1)),
            ("0.50", "0.17", "0.58"), "7.46", "1.25", "7.46"),
    Example("One of two pieces goes back, then the rest",
            (("49.00", "standard", 2),),
            ("14.67", "0.58"), "91.50", "15.25", "91.50",
            voucher={"discount_value": "10.00"},
            back=((1, "44.00", "7.34"), ("", "47.50", "7.91"))),
)  # fmt: skip
