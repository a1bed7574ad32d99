"""The Contract as a list to go through while packing."""

from __future__ import annotations

from datetime import date

from plugins.discreet_shipping.constants import WEEKDAYS
from plugins.discreet_shipping.contract import Contract

_HANDOVER = {"any": "No signature", "signature": "Signature", "named": "Named person only"}


def packing_checklist(contract: Contract) -> list[tuple[str, str]]:
    """Return what to look at and what it must be, in the order of packing."""
    label, choices = contract["label"], contract["choices"]
    rows = [("Box", contract["box"])]
    rows.append(("Inner bag", "Sealed; every price and product name is inside it"))
    slip = contract["slip"]["lines"]
    told = ", ".join(f"{code} × {pieces}" for code, pieces in slip)
    rows.append(("Slip", told or "None"))
    rows.append(("Return label", "Put it in" if contract["return_label"] else "None"))
    if contract["customs"]:
        rows.append(("Customs", ". ".join(contract["customs"])))
    if label:
        rows += [
            ("Sender", ", ".join(label["sender"])),
            ("To", ", ".join(label["recipient"])),
            ("On the label", ", ".join(label["marks"]) or "Nothing more"),
            ("Handing over", _HANDOVER[choices["handover"]]),
            ("Day", _day(contract)),
        ]
    mail = contract["emails"]["order_confirmed"]
    rows.append(("E-mails", f"{contract['messages']}, subject “{mail['subject']}”"))
    return rows


def _day(contract: Contract) -> str:
    choices = contract["choices"]
    expected = f"expected {date.fromisoformat(contract['expected_day']):%-d %B %Y}"
    if choices["day"] == "not_before":
        return f"Not before {date.fromisoformat(choices['not_before']):%-d %B %Y}, {expected}"
    if choices["day"] == "weekdays":
        return f"Only {', '.join(WEEKDAYS[day] for day in choices['weekdays'])}, {expected}"
    return f"Any, {expected}"
