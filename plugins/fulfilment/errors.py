"""How the services of fulfilment refuse: nothing was changed, and `str()` says why."""

from __future__ import annotations

from product_content.decisions import Refused


class ExchangeRefused(Refused):
    """Other sizes cannot be sent for what came back; the reason is for staff and customers."""


class FulfilRefused(Refused):
    """A parcel cannot leave; the reason is for staff."""


class PackingRefused(Refused):
    """An order cannot be packed, or not by this person; the reason is for the packer."""


class ReportRefused(Refused):
    """What the carrier told cannot be noted; the reason is for staff."""


class ReturnRefused(Refused):
    """A return cannot be noted; the reason is for whoever notes it."""
