"""The queue in the order of promise: what is held back, filters, pages, and all labels at once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pypdfium2 import PdfDocument

from dashboard.models import AccessRecord
from dashboard.selectors import packing as selector
from dashboard.services import packing
from plugins.discreet_shipping.choices import CHOICES_KEY, Choices, to_data
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import PrintedLabel
from product_content.catalogue.adapters.shop import set_delivery_days
from tests import personas
from tests.factories import ShippingMethodFactory, UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
QUEUE = "/staff/packing/"
LABELS = "/staff/packing/labels.pdf"


@pytest.fixture
def packer():
    return personas.in_role("Packer")


@pytest.fixture
def methods():
    """Two ways of delivery: the next day, and in two to four days."""
    made = {}
    for name, days in (("Next day", [1, 1]), ("Slow", [2, 4])):
        made[name] = ShippingMethodFactory(name=name)
        set_delivery_days(made[name], days)
    return made


def ordered(method=None, *, not_before=None, **fields):
    """Return a paid order with a piece and its Contract."""
    if method:
        fields |= {"shipping_method": method, "shipping_method_name": method.name}
    order = builders.order(**{"paid": True, **fields})
    builders.line(order, variant_in_stock(9), 1)
    day = {"day": "not_before", "not_before": not_before.isoformat()} if not_before else {}
    order.store_value_in_metadata({CHOICES_KEY: to_data(Choices(**day))})
    order.save()
    store_contract(order=order, rules=current_settings())
    return order


def numbers(html, orders):
    """Return the orders of a page in its order."""
    found = [(html.find(f'href="/staff/packing/{order.pk}/"'), order) for order in orders]
    return [order for place, order in sorted(found, key=lambda row: row[0]) if place >= 0]


def shown(client, orders, **query):
    return numbers(client.get(QUEUE, query).content.decode(), orders)


def days_ahead(count):
    return timezone.localdate() + timedelta(days=count)


def test_the_quickest_delivery_comes_first_and_then_the_oldest(packer, methods):
    unknown, slow, next_day = ordered(), ordered(methods["Slow"]), ordered(methods["Next day"])
    later = ordered(methods["Next day"])
    orders = [unknown, slow, next_day, later]
    assert shown(packer, orders) == [next_day, later, slow, unknown]
    html = packer.get("/staff/packing/pick-list/").content.decode()
    assert [html.find(f'value="{order.pk}"') for order in (next_day, later, slow)] == sorted(
        html.find(f'value="{order.pk}"') for order in (next_day, later, slow)
    )


def test_what_is_wanted_later_is_held_back_and_shown_apart(packer, methods):
    now, held = ordered(methods["Slow"]), ordered(methods["Slow"], not_before=days_ahead(20))
    html = packer.get(QUEUE).content.decode()
    assert numbers(html, [now, held]) == [now]
    assert "To pack: 1" in html
    assert "Held back until their day: 1" in html
    apart = packer.get(QUEUE, {"held": "1"}).content.decode()
    assert numbers(apart, [now, held]) == [held]
    assert "Held back: 1" in apart
    assert "Leaves on" in apart
    picked = packer.get("/staff/packing/pick-list/").context["list"]
    assert picked.orders == (now.pk,)


def test_it_is_due_on_the_day_on_which_it_must_leave(methods, freezer_day):
    order = ordered(methods["Slow"], not_before=date(2026, 12, 9))  # a Wednesday; two days' way
    freezer_day("2026-12-04 10:00")
    assert selector.held_orders() == {order.pk: date(2026, 12, 7)}
    freezer_day("2026-12-07 10:00")
    assert selector.held_orders() == {}


@pytest.fixture
def freezer_day():
    from freezegun import freeze_time

    frozen = []

    def freeze(moment):
        frozen.append(freeze_time(moment))
        frozen[-1].start()

    yield freeze
    for one in reversed(frozen):
        one.stop()


def test_a_held_parcel_does_not_leave_early(packer, methods):
    order = ordered(methods["Slow"], not_before=days_ahead(20))
    page = f"{QUEUE}{order.pk}/"
    packer.post(f"{page}claim/")
    sku = order.lines.get().product_sku
    html = packer.post(f"{page}scan/", {"code": sku}, follow=True).content.decode()
    assert "Its customer does not want it earlier: it leaves on" in html
    point = html.count('name="point_')
    ticks = {f"point_{number}": "on" for number in range(point)} | {"usual": "on"}
    said = packer.post(page, ticks, follow=True).content.decode()
    assert "Put it aside until then." in said
    order.refresh_from_db()
    assert order.status == "unfulfilled"


def test_filters_by_method_lateness_and_who_packs(packer, methods):
    slow, quick = ordered(methods["Slow"]), ordered(methods["Next day"])
    old = ordered(methods["Slow"], created=timezone.now() - timedelta(days=30))
    type(old).objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=30))
    packer.post(f"{QUEUE}{quick.pk}/claim/")
    orders = [slow, quick, old]
    assert shown(packer, orders, method="Slow") == [slow, old]
    assert shown(packer, orders, late="1") == [old]
    assert shown(packer, orders, mine="1") == [quick]
    assert shown(personas.in_role("Packer"), orders, mine="1") == []
    assert shown(packer, orders, method="Slow", mine="1") == []
    assert (
        '<option value="Slow" selected>' in packer.get(QUEUE, {"method": "Slow"}).content.decode()
    )


def test_pages_go_beyond_the_first_and_keep_the_filter(packer, methods, monkeypatch):
    monkeypatch.setattr(selector, "MAX_QUEUE", 2)
    orders = [ordered(methods["Slow"]) for _ in range(5)]
    assert shown(packer, orders) == orders[:2]
    html = packer.get(QUEUE, {"page": "2", "method": "Slow"}).content.decode()
    assert numbers(html, orders) == orders[2:4]
    assert "To pack: 5" in html
    assert "Page 2 of 3" in html
    assert 'href="?method=Slow&amp;page=3"' in html
    assert shown(packer, orders, page="99") == orders[4:]
    assert shown(packer, orders, page="x") == orders[:2]
    last = packer.get(QUEUE, {"order": str(orders[4].pk)})
    assert last.headers["Location"] == f"{QUEUE}{orders[4].pk}/"


def test_the_queue_costs_the_same_queries_however_many_wait(
    packer, methods, django_assert_num_queries
):
    def wait(count):
        for number in range(count):
            ordered(methods["Slow"], not_before=days_ahead(20) if number % 2 else None)

    wait(2)
    selector.packing_queue(selector.ALL_DUE)  # settings are read once
    with django_assert_num_queries(6):
        selector.packing_queue(selector.ALL_DUE)
    wait(6)
    with django_assert_num_queries(6):
        selector.packing_queue(selector.ALL_DUE)


def test_all_labels_of_a_pick_list_are_one_file_and_each_is_written_down(packer, methods):
    slow, quick = ordered(methods["Slow"]), ordered(methods["Next day"])
    flagged = ordered(flags=["dispute"])
    answer = packer.post(LABELS, {"order": [slow.pk, quick.pk, flagged.pk, "x"]})
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfDocument(answer.content)
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) == 2
    assert str(quick.pk) in texts[0]
    assert str(slow.pk) in texts[1]
    looks = set(AccessRecord.objects.values_list("kind", "subject_id"))
    assert looks == {("document", slow.pk), ("document", quick.pk)}
    printed = PrintedLabel.objects.values_list("order_id", flat=True)
    assert sorted(printed) == sorted([slow.pk, quick.pk])


def test_labels_of_what_is_not_to_pack_are_refused(packer, methods):
    flagged, unpaid = ordered(flags=["dispute"]), ordered(paid=False)
    held = ordered(methods["Slow"], not_before=days_ahead(20))
    for asked in ([flagged.pk, unpaid.pk, held.pk], []):
        said = packer.post(LABELS, {"order": asked}, follow=True).content.decode()
        assert "Nothing of these orders is to be printed now." in said
    assert not PrintedLabel.objects.exists()
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("role", ["Support", "Inventory keeper", "Content editor"])
def test_nobody_but_packers_prints_all_labels(role):
    order = ordered()
    assert personas.in_role(role).post(LABELS, {"order": [order.pk]}).status_code == 403
    assert personas.customer().post(LABELS, {"order": [order.pk]}).status_code in {302, 403}
    assert personas.in_role("Packer").get(LABELS).status_code == 405
    assert not PrintedLabel.objects.exists()


def test_a_service_cannot_send_without_the_usual_points():
    order = ordered()
    who = UserFactory(is_staff=True)
    packing.claim(order_id=order.pk, packer=who)
    packing.scan(order_id=order.pk, packer=who, code=order.lines.get().product_sku)
    with pytest.raises(packing.PackingRefused, match="tick it"):
        packing.send_parcel(
            order_id=order.pk, packer=who, ticked=["Box"], tracking_number="", partly=False
        )
