"""Customers with an account and an address book."""

from __future__ import annotations

from saleor.account.models import Address, User

from tests.bench.many.copying import Run, Table, run
from tests.bench.many.names import ADDRESS_OF, FIRST, LAST
from tests.bench.many.patterns import ADDRESS

NAMED = {"first_name": FIRST, "last_name": LAST}
_TABLES = (
    Table(
        Address, above=("default_shipping_address_id", "default_billing_address_id"), changes=NAMED
    ),
    Table(User, changes={"email": ADDRESS_OF, **NAMED}),
    Table(User.addresses.through, "user"),
)
# no person of an earlier load has the same number
_PLAN = """
CREATE TEMP TABLE customers_plan AS
SELECT n, known.last + n AS person, -interval '1 day' * (random() * 730) AS shift
FROM generate_series(1, %s) n, (SELECT max(id) AS last FROM account_user) known
"""


def make_customer(email: str) -> User:
    """Make the customer that is copied."""
    customer = User.objects.create_user(email=email, password=None)
    address = Address.objects.create(**ADDRESS)
    customer.addresses.add(address)
    customer.default_shipping_address = customer.default_billing_address = address
    customer.save(update_fields=["default_shipping_address", "default_billing_address"])
    return customer


def copy_customers(customer: User, count: int) -> None:
    """Copy the customer so often; their accounts are up to two years old."""
    run(_PLAN, [count])
    run(
        "CREATE TEMP TABLE customers_roots AS SELECT n, %s AS old FROM customers_plan",
        [customer.pk],
    )
    customers = Run("customers", User)
    for table in _TABLES:
        customers.copy(table)
