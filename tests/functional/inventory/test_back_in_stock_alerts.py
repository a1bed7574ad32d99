"""A customer asks to be told, from a sold-out product's page, and takes it back."""

import pytest

from plugins.inventory.alerts import alert_token
from plugins.inventory.models import BackInStockAlert
from storefront.limits import MAX_REQUESTS
from tests import personas

pytestmark = pytest.mark.django_db

SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def sold_out(shop):
    shop.set_stock(shop.starter, 0)
    return shop.starter


def ask(variant, **fields):
    data = {"variant": variant.pk, "email": "Robin@example.org", **fields}
    return personas.anonymous().post("/wishes/", data, **SAME)


def test_only_a_sold_out_product_offers_it(sold_out):
    page = f"/sets/{sold_out.product.slug}/"
    html = personas.anonymous().get(page).content.decode()
    assert 'action="/wishes/"' in html
    assert f'name="variant" value="{sold_out.pk}"' in html
    sold_out.stocks.update(quantity=3)
    assert "/wishes/" not in personas.anonymous().get(page).content.decode()


def test_an_address_is_kept_and_the_answer_names_no_product(sold_out):
    answer = ask(sold_out)
    assert answer.status_code == 200
    assert sold_out.product.name not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    alert = BackInStockAlert.objects.get()
    assert (alert.variant_id, alert.email, alert.language) == (
        sold_out.pk,
        "robin@example.org",
        "en",
    )


def test_a_wrong_address_is_told_and_stays(sold_out):
    answer = ask(sold_out, email="robin at example")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Enter an e-mail address, such as" in html
    assert 'value="robin at example"' in html
    assert f'value="{sold_out.pk}"' in html
    assert not BackInStockAlert.objects.exists()


def test_nobody_fills_the_list_with_addresses(sold_out):
    for number in range(MAX_REQUESTS):
        assert ask(sold_out, email=f"somebody-{number}@example.org").status_code == 200
    answer = ask(sold_out)
    assert answer.status_code == 429
    assert "try again in a quarter of an hour" in answer.content.decode()
    assert 'value="Robin@example.org"' in answer.content.decode()
    assert BackInStockAlert.objects.count() == MAX_REQUESTS


def test_what_is_not_sold_is_not_kept_and_not_told(sold_out):
    sold_out.product.is_published = False
    sold_out.product.save()
    assert ask(sold_out).content == ask(sold_out).content
    assert not BackInStockAlert.objects.exists()


def test_another_site_cannot_ask(sold_out):
    answer = personas.anonymous().post(
        "/wishes/",
        {"variant": sold_out.pk, "email": "a@example.org"},
        HTTP_SEC_FETCH_SITE="cross-site",
    )
    assert answer.status_code == 403
    assert not BackInStockAlert.objects.exists()


def test_a_mail_program_that_opens_the_link_deletes_nothing_a_person_does(sold_out):
    ask(sold_out)
    path = f"/wishes/{alert_token(BackInStockAlert.objects.get())}/"
    person = personas.anonymous()
    assert person.get(path).status_code == 200
    assert BackInStockAlert.objects.exists()
    assert person.post(f"{path}forget/", **SAME).status_code == 200
    assert not BackInStockAlert.objects.exists()
    assert person.post("/wishes/made-up/forget/", **SAME).status_code == 404
