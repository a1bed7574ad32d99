"""Filters that staff keep under a name, for themselves or for all who may open the list."""

import pytest
from saleor.account.models import User

from dashboard.models import SavedView
from tests import personas
from tests.factories import variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.staff import signed_in
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = "/staff/order/order/"
VIEWS = f"{ORDERS}views/"
LATE = f"{VIEWS}?work=late"


@pytest.fixture
def support():
    return personas.in_role("Support")


def keep(client, url=LATE, **fields):
    return client.post(url, {"keep": "", "name": "Late ones", **fields}, follow=True)


def page(client, url=ORDERS):
    return client.get(url).content.decode()


def test_what_a_list_shows_is_kept_under_a_name_and_opens_again(support):
    paid = builders.order(paid=True)
    builders.order()
    shown = page(support, f"{ORDERS}?work=to_pack&o=-1&p=1")
    assert f'href="{VIEWS}?o=-1&amp;work=to_pack"' in shown

    html = keep(support, f"{VIEWS}?work=to_pack&o=-1", name="To pack today").content.decode()

    assert "“To pack today” is kept above the list." in html
    assert SavedView.objects.get().query == "o=-1&work=to_pack"
    assert 'href="?o=-1&amp;work=to_pack"' in page(support)
    again = support.get(f"{ORDERS}?o=-1&work=to_pack")
    assert [row.pk for row in again.context["cl"].result_list] == [paid.pk]
    assert 'aria-current="page">To pack today</a>' in again.content.decode()


def test_nothing_but_the_lists_own_filters_is_kept(support):
    builders.order(paid=True)
    keep(support, f"{LATE}&q=robin@example.org&next=//evil.example&p=3&_popup=1")
    assert not SavedView.objects.exists()
    keep(support, f"{LATE}&q=robin@example.org&p=3")
    assert SavedView.objects.get().query == "work=late"
    assert "robin" not in page(support)


@pytest.mark.parametrize(
    "query", ["", "?work=", "?q=robin", "?user__password__startswith=a", "?status__nothing=x"]
)
def test_without_a_filter_of_the_list_there_is_nothing_to_keep(support, query):
    html = keep(support, f"{VIEWS}{query}").content.decode()
    assert "To keep a view, choose a filter" in html
    assert not SavedView.objects.exists()


def test_a_stock_view_keeps_its_search_too():
    keeper = personas.in_role("Inventory keeper")
    stock = variant_in_stock(2, 3, sku="SET-A").stocks.first()
    url = "/staff/dashboard/stockitem/"
    keep(keeper, f"{url}views/?q=SET&level=low&warehouse__id__exact={stock.warehouse_id}")
    assert SavedView.objects.get().query == (
        f"level=low&q=SET&warehouse__id__exact={stock.warehouse_id}"
    )
    assert "Late ones" in page(keeper, url)
    assert "Late ones" not in page(personas.in_role("Manager"), url)


def test_a_name_is_needed_and_can_be_had_once(support):
    html = keep(support, name=" ").content.decode()
    assert "This field is required." in html
    keep(support)
    again = keep(support, f"{VIEWS}?work=sent", is_shared="on").content.decode()
    assert "You have a view of this name here." in again
    assert 'value="Late ones"' in again
    assert SavedView.objects.get().query == "work=late"


def test_a_name_is_never_html(support):
    keep(support, name="<b>late</b>")
    for url in (ORDERS, VIEWS):
        assert "<b>late</b>" not in page(support, url)
        assert "&lt;b&gt;late&lt;/b&gt;" in page(support, url)


def test_one_person_keeps_twenty_of_a_list(support):
    me = User.objects.get(pk=support.session["_auth_user_id"])
    for number in range(20):
        SavedView.objects.create(owner=me, list_name="order.order", name=str(number), query="o=1")
    assert "You have 20 views of this list." in keep(support).content.decode()
    assert keep(support, "/staff/order_emails/outgoingemail/views/?state__exact=dead")
    assert SavedView.objects.count() == 21


def test_only_shared_views_are_seen_by_colleagues_who_may_open_the_list(support):
    keep(support)
    keep(support, f"{VIEWS}?work=sent", name="Gone out", is_shared="on")
    colleague, packer = personas.in_role("Support"), personas.in_role("Packer")
    html = page(colleague)
    assert "Gone out" in html
    assert "Late ones" not in html
    assert packer.get(VIEWS).status_code == 403
    assert keep(packer).status_code == 403


def test_a_view_is_dropped_by_whose_it_is_or_by_a_manager(support):
    keep(support)
    keep(support, f"{VIEWS}?work=sent", name="Gone out", is_shared="on")
    mine, shared = SavedView.objects.order_by("query").values_list("pk", flat=True)
    colleague, manager = personas.in_role("Support"), personas.in_role("Manager")

    html = colleague.post(VIEWS, {"drop": shared}, follow=True).content.decode()
    assert "Only the colleague who shared this view" in html
    colleague.post(VIEWS, {"drop": mine})
    manager.post(VIEWS, {"drop": mine})
    manager.post("/staff/dashboard/stockitem/views/", {"drop": shared})
    colleague.post(VIEWS, {"drop": "x" * 9})
    assert SavedView.objects.count() == 2

    manager.post(VIEWS, {"drop": shared})
    support.post(VIEWS, {"drop": mine})
    support.post(VIEWS, {"drop": mine})
    assert not SavedView.objects.exists()


def test_views_of_somebody_who_left_are_not_shared_any_more(support):
    keep(support, is_shared="on")
    User.objects.update(is_active=False)
    assert "Late ones" not in page(personas.in_role("Support"))


@pytest.mark.django_db(transaction=True)
def test_the_same_name_at_the_same_moment_is_kept_once(support):
    me = User.objects.get(pk=support.session["_auth_user_id"])
    clients = [support, signed_in(me)]
    answers = at_once(*(lambda client=client: keep(client).status_code for client in clients))
    assert answers == [200, 200]
    assert SavedView.objects.count() == 1
