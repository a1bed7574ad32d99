"""Who uses the shop: each function returns a Django test client signed in as that person."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.models import Permission
from django.test import Client
from saleor.account.models import User

from dashboard.roles import ROLES
from plugins.ordering.links import order_link
from tests.factories import UserFactory
from tests.staff import signed_in


def anonymous(**kwargs):
    """Someone without an account."""
    return Client(**kwargs)


def link_holder(order, **kwargs):
    """Someone without an account who has opened the link in an e-mail about this order."""
    client = Client(**kwargs)
    client.get(urlsplit(order_link(order=order)).path)
    return client


def customer(user=None, **kwargs):
    """Someone with an account of their own."""
    return signed_in(user or UserFactory(), **kwargs)


def wrong_customer(**kwargs):
    """Another customer, who must not see the first one's things."""
    return signed_in(UserFactory(email="somebody.else@example.org"), **kwargs)


def staff(*permissions, **kwargs):
    """A staff member with exactly these permissions, such as "order.manage_orders"."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set([permission(name) for name in permissions])
    return signed_in(user, **kwargs)


def in_role(name, **kwargs):
    """A staff member in one of the shop's roles, such as "Packer"."""
    [wanted] = [role for role in ROLES if role.name == name]
    return staff(*wanted.permissions, **kwargs)


def owner(**kwargs):
    """The owner of the shop, who may do everything."""
    user = User.objects.create_superuser("owner@example.org", "not-a-secret")
    return signed_in(user, **kwargs)


def permission(name):
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
