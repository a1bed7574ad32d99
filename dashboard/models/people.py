"""Saleor keeps customers and staff in one table; each has its own page and permission here."""

from __future__ import annotations

from saleor.account.models import User

from dashboard.roles import OWN_PERMISSIONS


class Customer(User):
    """A user who can buy."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `account.manage_users` guards it


class StaffMember(User):
    """A user who can enter /staff/."""

    class Meta:
        proxy = True
        default_permissions = ()  # Saleor's `account.manage_staff` guards it
        permissions = tuple((code.split(".")[1], name) for code, name in OWN_PERMISSIONS)
        verbose_name = "member of staff"
        verbose_name_plural = "staff"
