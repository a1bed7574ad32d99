"""The one admin site of the shop, mounted at /staff/."""

from __future__ import annotations

from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):
    """Unfold's site for staff; only models registered here have a page."""

    site_url = "/"


staff_site = StaffSite()
