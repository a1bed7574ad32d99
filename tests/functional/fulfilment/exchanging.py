"""What the tests of exchanges do: another size, an order that was sent, pieces that come back."""

from decimal import Decimal

from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.returns import announce_return, record_return
from tests.factories import VariantFactory, WarehouseFactory
from tests.unit.dashboard import builders


def size(known, name, price, quantity):
    """Return another size of the same product."""
    made = VariantFactory(product=known.product, name=name, price_override_amount=Decimal(price))
    Stock.objects.create(
        warehouse=WarehouseFactory(slug="test-warehouse-0"), product_variant=made, quantity=quantity
    )
    return made


def sent_order(variant, clerk, pieces=2):
    """A paid order of which every piece was sent."""
    made = builders.order(paid=True, total=str(14 * pieces))
    line = builders.line(made, variant, pieces)
    fulfil(order_id=made.pk, pieces={line.pk: pieces}, actor_id=clerk.pk)
    return made


def come_back(order, variant, clerk, count=1):
    """Announce pieces with a wish for `variant`, and look at them."""
    pieces = {order.lines.get().pk: count}
    wanted = dict.fromkeys(pieces, variant.pk)
    about = announce_return(order_id=order.pk, pieces=pieces, sealed=True, wanted=wanted)
    record_return(
        order_id=order.pk, pieces=pieces, sealed=True, sound=True, actor_id=clerk.pk
    )  # fmt: skip
    return about
