"""A thousand operations in any order: the ledger is the stock, and nothing is oversold."""

import random
from uuid import uuid4

import pytest
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from plugins.inventory import services
from plugins.inventory.errors import StockRefused
from plugins.inventory.reasons import StockReason
from plugins.inventory.selectors.check import check_ledger
from plugins.inventory.selectors.levels import with_available
from plugins.ordering.errors import OrderRefused
from plugins.ordering.services import place_order, release_order
from tests.factories import UserFactory, WarehouseFactory, basket

pytestmark = pytest.mark.django_db

OPERATIONS = 1000


class Shop:
    """Does one thing after the other, as staff and customers would; refusals are fine."""

    def __init__(self, kit, warehouses, seed):
        self.whole, self.parts = kit
        self.warehouses, self.random = warehouses, random.Random(seed)
        self.actor = UserFactory(is_staff=True).pk

    def act(self):
        acts = (self.order, self.release, self.receive, self.count, self.move,
                self.kits, self.lose, self.set)  # fmt: skip
        try:
            self.random.choice(acts)()
        except (StockRefused, OrderRefused):
            return False
        return True

    def variant(self):
        return self.random.choice([self.whole, *self.parts])

    def sheet(self):
        return {
            "key": uuid4(),
            "warehouse_id": self.random.choice(self.warehouses).pk,
            "actor_id": self.actor,
            "note": "",
        }

    def pieces(self):
        return {self.variant().pk: self.random.randint(1, 4) for _ in range(2)}

    def order(self):
        place_order(checkout_token=basket((self.variant(), self.random.randint(1, 3))).pk)

    def release(self):
        ids = list(Order.objects.exclude(status="canceled").values_list("pk", flat=True))
        if ids:
            release_order(order_id=self.random.choice(ids), reason="Not paid in time.")

    def receive(self):
        services.receive_goods(**self.sheet(), pieces=self.pieces())

    def lose(self):
        act = self.random.choice([services.write_off, services.set_aside])
        act(**self.sheet(), pieces=self.pieces())

    def move(self):
        sheet, (first, second) = self.sheet(), self.random.sample(self.warehouses, 2)
        del sheet["warehouse_id"]
        services.move_goods(**sheet, from_id=first.pk, to_id=second.pk, pieces=self.pieces())

    def kits(self):
        act = self.random.choice([services.make_kits, services.break_kits])
        act(**self.sheet(), variant_id=self.whole.pk, kits=self.random.randint(1, 3))

    def count(self):
        sheet, variant = self.sheet(), self.variant()
        stock = Stock.objects.filter(product_variant=variant, warehouse=sheet["warehouse_id"])
        seen = stock.values_list("quantity", flat=True).first() or 0
        count = services.Counted(seen, max(seen + self.random.randint(-3, 3), 0))
        services.post_count(**sheet, counted={variant.pk: count})

    def set(self):
        stock = self.random.choice(list(Stock.objects.all()))
        services.set_quantity(
            stock_id=stock.pk,
            seen=stock.quantity,
            wanted=self.random.randint(0, 12),
            actor_id=self.actor,
            reason=StockReason.CORRECTION,
        )


@pytest.mark.parametrize("seed", [1])
def test_the_ledger_is_the_stock_whatever_happens(kit, warehouse, seed, provider):
    shop = Shop(kit, [warehouse, WarehouseFactory(slug="second")], seed)
    done = 0
    for number in range(OPERATIONS):
        done += shop.act()
        if number % 100 == 0:
            assert check_ledger().differences == ()

    report = check_ledger()
    assert (report.differences, report.unexplained) == ((), 0)
    for stock in with_available(Stock.objects.all()):
        assert 0 <= stock.allocated <= stock.quantity, (stock.pk, seed)
    assert done > OPERATIONS // 3, "most operations were refused: the test no longer tests"
