"""Orders with all that hangs on them, as copies of the pattern orders."""

from __future__ import annotations

from collections.abc import Sequence

from saleor.account.models import Address, User
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderEvent, OrderLine
from saleor.payment.models import Payment, Transaction
from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Allocation, Stock

from plugins.fulfilment.models import Shipment, ShipmentStep
from plugins.inventory.models import StockEntry
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import (
    LineDiscount,
    LinePieces,
    OrderFlag,
    PaymentSession,
    PieceStep,
    Refund,
    RefundLine,
    RefundPart,
)
from plugins.taxes.models import CreditTax, Invoice, OrderTax
from tests.bench.many.copying import Run, Table, run
from tests.bench.many.customers import NAMED
from tests.bench.many.ledger import MOVES
from tests.bench.many.names import ADDRESS_OF, renamed
from tests.bench.many.patterns import Pattern

_NUMBERED = r"""'((?:order |Order |"number": "))' || map.old || '\M'"""
_CONTRACT = f"""regexp_replace({renamed("row.metadata::text")}, {_NUMBERED}, '\\1' || map.new, 'g')::jsonb"""
_OWN = "row.{0} || '-' || map.new"
# Numbers of invoices and credit notes are given once: far above those of the shop's counters.
_NUMBER = "CASE WHEN row.number IS NOT NULL THEN 1000000000 + map.new END"
_TABLES = (
    Table(Address, above=("billing_address_id", "shipping_address_id"), changes=NAMED),
    Table(
        Order,
        changes={
            "token": "gen_random_uuid()",
            "checkout_token": "CASE row.checkout_token WHEN '' THEN '' ELSE gen_random_uuid()::text END",
            "user_email": ADDRESS_OF,
            "metadata": _CONTRACT,
        },
    ),
    Table(
        OrderLine,
        "order",
        changes={"product_sku": "coalesce(row.product_sku || '-' || to_variant_id.new, '')"},
    ),
    Table(Allocation, "order_line"),
    Table(PieceStep, "line"),
    Table(LinePieces, "line"),
    Table(OrderFlag, "order"),
    Table(Fulfillment, "order"),
    Table(FulfillmentLine, "fulfillment"),
    Table(Shipment, "order"),
    Table(ShipmentStep, "shipment"),
    Table(OrderEvent, "order", changes={"parameters": renamed("row.parameters::text") + "::jsonb"}),
    Table(Payment, "order", changes={"token": _OWN.format("token")}),
    Table(Transaction, "payment", changes={"token": _OWN.format("token")}),
    Table(
        PaymentSession,
        "order",
        changes={
            "reference": "CASE row.reference WHEN '' THEN '' ELSE row.reference || '-' || map.new END"
        },
    ),
    Table(LineDiscount, "line"),
    Table(OrderTax, "order"),
    Table(Invoice, "order", changes={"number": _NUMBER}),
    Table(Refund, "order", changes={"key": _OWN.format("key"), "number": _NUMBER}),
    Table(RefundLine, "refund"),
    Table(RefundPart, "refund", changes={"key": _OWN.format("key")}),
    Table(CreditTax, "refund"),
    Table(
        OutgoingEmail,
        "order",
        changes={
            "about": "'order-' || to_order_id.new",
            "message_id": "'<many-' || map.new || '@many.example>'",
        },
    ),
    Table(StockEntry, "order", into=MOVES),
)
_PLAN = """
CREATE TEMP TABLE orders_plan AS
SELECT row_number() OVER (ORDER BY at) AS n, old, at - placed.created AS shift, pick, customer,
    customers_plan.person
FROM (
    SELECT old, now() - interval '1 day' * (youngest + random() * (oldest - youngest)) AS at,
        1 + floor(random() ^ 2 * %(goods)s)::int AS pick,
        1 + floor(random() * %(people)s)::int AS customer
    FROM patterns, generate_series(1, count)
) copies JOIN order_order placed ON placed.id = old
    JOIN customers_plan ON customers_plan.n = copies.customer
"""
_OF_GOODS = (Product, ProductVariant, Stock)


def copy_orders(patterns: Sequence[Pattern], orders: int, *, goods: int, people: int) -> None:
    """Copy the patterns, each as often as its share says, in the order of their times.

    `goods` and `people` are how many copies there are of the catalogue and of the customer.
    """
    run("CREATE TEMP TABLE patterns (old int, count int, youngest float, oldest float)")
    for one in patterns:
        count = max(1, round(one.share * orders))
        values = (one.order_id, count, one.youngest, one.oldest)
        run("INSERT INTO patterns VALUES (%s, %s, %s, %s)", values)
    run(_PLAN, {"goods": goods, "people": people})
    run("CREATE TEMP TABLE orders_roots AS SELECT n, old FROM orders_plan")
    placed = Run("orders", Order, _elsewhere())
    for table in _TABLES:
        placed.copy(table)


def _elsewhere() -> dict[str, tuple[str, str]]:
    goods = [model._meta.db_table for model in _OF_GOODS]
    users = User._meta.db_table
    return {name: (f"goods_{name}", "pick") for name in goods} | {
        users: (f"customers_{users}", "customer")
    }
