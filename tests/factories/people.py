"""Customers and their addresses."""

import factory
from saleor.account.models import Address, User


class AddressFactory(factory.django.DjangoModelFactory):
    """A complete British address."""

    class Meta:
        model = Address

    first_name = "Robin"
    last_name = "Marsh"
    street_address_1 = "4 Mill Lane"
    city = "LEWES"
    postal_code = "BN7 1AA"
    country = "GB"


class UserFactory(factory.django.DjangoModelFactory):
    """A customer account without a password."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@example.org")
