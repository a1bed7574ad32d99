"""The pages and files of the reports: what they leave out, and who may open them."""

import pytest

from dashboard.models import AccessRecord
from tests import personas
from tests.factories import basket
from tests.functional.books.test_reports import asked, month
from tests.functional.taxes.conftest import buy, goods

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_export_is_written_down_with_its_period(manager):
    answer = manager.get("/staff/exports/orders.csv", asked())
    b"".join(answer.streaming_content)
    name = f"orders-{month().first}-{month().last}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    [record] = AccessRecord.objects.filter(kind="export")
    assert record.detail == f"Orders, {month()}, CSV"
    log = manager.get("/staff/dashboard/accessrecord/").content.decode()
    assert f"Orders, {month()}, CSV" in log


def test_formulas_are_marked_and_names_are_left_out(registered, manager):
    variant = goods("49.00", sku="=1+1")
    order = buy(basket((variant, 1)))
    answer = manager.get("/staff/exports/lines.csv", asked())
    text = b"".join(answer.streaming_content).decode()
    assert "'=1+1" in text
    person = order.billing_address
    text += b"".join(manager.get("/staff/exports/orders.csv", asked()).streaming_content).decode()
    for secret in (person.last_name, person.street_address_1, order.user_email):
        assert secret not in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"first": "2026-02-30", "last": "2026-03-01"}, "Enter a valid date"),
        ({"first": "2026-03-02", "last": "2026-03-01"}, "The last day is before the first one."),
        ({"first": "", "last": "2026-03-01"}, "This field is required"),
        ({"first": "0001-01-01", "last": "2026-03-01"}, "Write a year from"),
    ],
)
def test_a_period_that_is_none_is_named_and_kept(manager, sent, said):
    for page in ("reports/", "exports/", "exports/orders.csv"):
        answer = manager.get(f"/staff/{page}", sent)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert said in html
        assert f'value="{sent["last"]}"' in html
    assert not AccessRecord.objects.filter(kind="export").exists()


@pytest.mark.parametrize("page", ["reports/", "exports/", "exports/orders.csv", "payouts/"])
@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor", "Support"])
def test_other_roles_do_not_see_the_books(page, role):
    assert personas.in_role(role).get(f"/staff/{page}").status_code == 403


def test_gift_cards_need_their_own_permission():
    clerk = personas.staff("dashboard.view_reports")
    assert clerk.get("/staff/exports/orders.csv").status_code == 200
    assert clerk.get("/staff/exports/gift-cards.csv").status_code == 403
    assert clerk.get("/staff/exports/gift-card-totals.csv").status_code == 403
    assert "Gift cards issued" not in clerk.get("/staff/reports/").content.decode()
    assert clerk.get("/staff/exports/nothing.csv").status_code == 404
    assert clerk.get("/staff/exports/orders.exe").status_code == 404
