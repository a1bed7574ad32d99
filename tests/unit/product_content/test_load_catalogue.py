"""Loading brings the shop to what the files say, once, and leaves staff's work alone."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib.sites.models import Site
from django.core.management import call_command
from saleor.product.models import Product, ProductVariant
from saleor.shipping.models import ShippingMethod
from saleor.warehouse.models import Stock

from product_content.catalogue.loading import Change, load_catalogue
from product_content.models import CatalogueRecord, Guide, ProductDetail, Size
from tests.unit.product_content.files import swap


def changes(report, action):
    return [(change.kind, change.key) for change in report.changes if change.action == action]


def test_first_load_creates_everything(loaded):
    assert changes(loaded, "created")[:3] == [("size", "1"), ("size", "2"), ("size", "3")]
    assert loaded.count()["created"] == 19
    product = Product.objects.get(slug="small-set")
    assert (product.is_published, product.publication_date) == (True, None)
    assert product.category.slug == "sets"
    assert product.minimal_variant_price_amount == Decimal("30.00")
    assert ProductVariant.objects.get(sku="ONE-2").price_override_amount == Decimal("14.00")
    assert ShippingMethod.objects.get().type == "price"


def test_the_lowest_price_of_a_product_is_kept_for_saleor(loaded, folder):
    swap(folder / "catalogue.yaml", 'price: "14.00"', 'price: "11.00"')

    load_catalogue(folder=folder)

    single = Product.objects.get(slug="plain-single")
    assert single.minimal_variant_price_amount == Decimal("11.00")


def test_the_site_takes_its_name_and_taxes_from_the_settings(loaded):
    site = Site.objects.select_related("settings").get()
    assert (site.name, site.domain) == (settings.SHOP_NAME, "testserver")
    assert site.settings.include_taxes_in_prices is True
    assert site.settings.default_mail_sender_address == "hello@stillwater.example"


def test_second_load_changes_nothing(loaded, folder):
    before = list(CatalogueRecord.objects.order_by("pk").values())

    again = load_catalogue(folder=folder)

    assert again.changes == []
    assert list(CatalogueRecord.objects.order_by("pk").values()) == before


def test_the_real_catalogue_twice_changes_nothing_the_second_time(shop):
    load_catalogue()
    assert load_catalogue().changes == []


def test_a_change_in_the_files_reaches_the_shop_and_is_shown(loaded, folder):
    swap(folder / "catalogue.yaml", "summary: Two small sizes.", "summary: Two sizes.")

    report = load_catalogue(folder=folder)

    assert changes(report, "changed") == [("product", "small-set")]
    assert report.changes[0].fields == {"summary": ("Two small sizes.", "Two sizes.")}
    assert ProductDetail.objects.get(product__slug="small-set").summary == "Two sizes."


@pytest.mark.django_db
def test_dry_run_shows_the_same_and_writes_nothing(folder):
    report = load_catalogue(folder=folder, dry_run=True)

    assert report.count()["created"] == 19
    assert not Product.objects.exists()
    assert not CatalogueRecord.objects.exists()
    assert not Size.objects.exists()
    assert Site.objects.get().name == "Saleor e-commerce"


def test_what_staff_edited_is_kept_and_named(loaded, folder):
    Product.objects.filter(slug="small-set").update(price_amount="33.00")
    swap(folder / "catalogue.yaml", 'price: "30.00"', 'price: "31.00"')
    swap(folder / "catalogue.yaml", "summary: Two small sizes.", "summary: Two sizes.")

    report = load_catalogue(folder=folder)

    assert Product.objects.get(slug="small-set").price_amount == Decimal("33.00")
    assert ProductDetail.objects.get(product__slug="small-set").summary == "Two sizes."
    (kept,) = [change for change in report.changes if change.action == "kept"]
    assert (kept.kind, kept.key) == ("product", "small-set")
    assert kept.fields == {"price": ("33.00", "31.00")}


def test_what_staff_edited_is_kept_on_every_later_load(loaded, folder):
    Guide.objects.filter(slug="first").update(title="Staff's title")

    for _ in range(2):
        report = load_catalogue(folder=folder)
        assert changes(report, "kept") == [("guide", "first")]
    assert Guide.objects.get(slug="first").title == "Staff's title"


def test_force_overwrites_what_staff_edited(loaded, folder):
    Product.objects.filter(slug="small-set").update(price_amount="33.00")

    report = load_catalogue(folder=folder, force=True)

    assert Product.objects.get(slug="small-set").price_amount == Decimal("30.00")
    assert changes(report, "changed") == [("product", "small-set")]
    assert load_catalogue(folder=folder).changes == []


@pytest.mark.parametrize("force", [False, True])
def test_stock_that_exists_is_never_set_again(loaded, folder, force):
    Stock.objects.filter(product_variant__sku="SET-12").update(quantity=1)
    swap(
        folder / "catalogue.yaml",
        "SET-12, weight_g: 100, stock: [{warehouse: main, quantity: 5}",
        "SET-12, weight_g: 100, stock: [{warehouse: main, quantity: 90}",
    )

    load_catalogue(folder=folder, force=force)

    assert Stock.objects.get(product_variant__sku="SET-12").quantity == 1


def test_what_staff_deleted_stays_deleted_until_forced(loaded, folder):
    Guide.objects.filter(slug="second").delete()

    report = load_catalogue(folder=folder)
    assert ("guide", "second") in changes(report, "kept")
    assert not Guide.objects.filter(slug="second").exists()

    load_catalogue(folder=folder, force=True)
    assert Guide.objects.filter(slug="second").exists()


def test_a_renamed_address_is_still_the_same_product(loaded, folder):
    Product.objects.filter(slug="small-set").update(slug="tiny-set")

    load_catalogue(folder=folder)

    assert Product.objects.filter(slug="tiny-set").exists()
    assert not Product.objects.filter(slug="small-set").exists()


def test_what_left_the_files_is_named_and_left_alone(loaded, folder):
    swap(
        folder / "catalogue.yaml",
        '      - {sku: ONE-2, name: Size 2, size: 2, price: "14.00", weight_g: 50, stock: []}\n',
        "",
    )

    report = load_catalogue(folder=folder)

    assert changes(report, "gone") == [("variant", "ONE-2")]
    assert ProductVariant.objects.filter(sku="ONE-2").exists()


def test_the_command_prints_the_difference(db, folder, capsys):
    call_command("load_catalogue", folder=folder, dry_run=True)

    printed = capsys.readouterr().out.splitlines()
    assert "created  product small-set" in printed
    assert printed[-1] == "Dry run: nothing was written."


def test_a_long_text_is_shown_from_where_it_differs():
    same = "the same words " * 20
    change = Change("changed", "guide", "first", {"body": (f"{same}old end", f"{same}new end")})

    assert change.lines()[1] == "           body: …the same words old end → …the same words new end"


def test_the_command_tells_staffs_edits_and_how_many(loaded, folder, capsys):
    Product.objects.filter(slug="small-set").update(price_amount="33.00")

    call_command("load_catalogue", folder=folder)

    assert capsys.readouterr().out.splitlines() == [
        "kept     product small-set",
        "           price: 33.00 kept, not 30.00",
        "0 created, 0 changed, 1 kept, 21 unchanged",
    ]
