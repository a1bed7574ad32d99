"""Products and sizes as a content editor keeps them."""

from decimal import Decimal

import pytest
from saleor.product.models import Product

from product_content.models import SafetyCard, Size
from product_content.search.selectors import search
from tests import personas
from tests.factories import CategoryFactory, variant_in_stock

pytestmark = pytest.mark.django_db

PRODUCTS = "/staff/product/product/"
CARD = {
    "material": "Silicone", "firmness": "soft", "latex": "free", "magnet": "none",
    "cleaning": "Soap and water.", "lubricant": "Water-based.", "intended_use": "Stretching.",
    "not_studied_for": "Pregnancy.",
}  # fmt: skip


@pytest.fixture
def editor():
    return personas.staff("product.manage_products")


@pytest.fixture
def hidden():
    return variant_in_stock(5, product__is_published=False).product


def page(product):
    return f"{PRODUCTS}{product.pk}/change/"


def form(product, **fields):
    """What the product's page sends when nothing was changed."""
    variant = product.variants.get()
    data = {
        "name": product.name, "slug": product.slug, "category": product.category_id,
        "product_type": product.product_type_id, "price_amount": "49.00",
        "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1",
        "variants-0-id": variant.pk, "variants-0-product": product.pk,
        "variants-0-sku": variant.sku, "variants-0-track_inventory": "on",
    }  # fmt: skip
    for inline in ("detail", "images", "set_sizes", "safety_card", "customs", "tax_facts"):
        data |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    return data | fields


def with_all():
    """What makes a set complete: texts, a size, a safety card."""
    small = Size.objects.create(number=1, diameter_mm=13, usable_length_mm=80, weight_g=20)
    return with_card() | {
        "detail-TOTAL_FORMS": "1", "detail-0-summary": "Calm.", "detail-0-in_the_box": "One",
        "detail-0-description_markdown": "Grows *slowly*.",
        "set_sizes-TOTAL_FORMS": "1", "set_sizes-0-size": small.pk,
    }  # fmt: skip


def with_card():
    fields = {f"safety_card-0-{name}": value for name, value in CARD.items()}
    return fields | {"safety_card-TOTAL_FORMS": "1"}


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_the_list_shows_kind_price_state_and_stock(editor):
    variant_in_stock(5, 7, product__name="Long set")
    answer = editor.get(PRODUCTS)
    for words in ("Long set", "Sets", "£49.00", "Published"):
        assert words in answer.content.decode()
    assert answer.context["cl"].result_list[0].available == 12


def test_it_finds_by_sku(editor):
    found = variant_in_stock(sku="FIND-ME").product
    variant_in_stock()
    answer = editor.get(PRODUCTS, {"q": "find-me"})
    assert list(answer.context["cl"].result_list) == [found]


def test_a_product_that_lacks_something_stays_hidden_and_says_what(editor, hidden):
    answer = editor.post(page(hidden), form(hidden, product_product_publish="1"), follow=True)

    hidden.refresh_from_db()
    assert hidden.is_published is False
    assert said(answer)[0] == (
        f"{hidden.name} stays hidden: its texts are not written; its safety card is not "
        "complete; it does not name its sizes."
    )


def test_a_card_of_which_a_field_is_empty_is_not_saved(editor, hidden):
    fields = with_card() | {"safety_card-0-cleaning": " "}
    answer = editor.post(page(hidden), form(hidden, product_product_publish="1", **fields))

    assert answer.status_code == 200
    assert not SafetyCard.objects.exists()
    hidden.refresh_from_db()
    assert hidden.is_published is False


def test_completing_and_publishing_can_go_in_one_step(editor, hidden, client):
    fields = form(hidden, product_product_publish="1", **with_all())
    answer = editor.post(page(hidden), fields, follow=True)

    hidden.refresh_from_db()
    assert hidden.is_published is True
    assert hidden.safety_card.material == "Silicone"
    assert f"{hidden.name} is shown to customers." in said(answer)
    assert "Grows <em>slowly</em>." in client.get(f"/sets/{hidden.slug}/").content.decode()
    assert [hit.card.name for hit in search("calm").products] == [hidden.name]


def test_a_set_keeps_a_size_and_the_form_what_was_typed(editor, hidden):
    editor.post(page(hidden), form(hidden, **with_all()))
    [size] = hidden.set_sizes.all()
    fields = form(hidden, name="Typed", **{
        "set_sizes-TOTAL_FORMS": "1", "set_sizes-INITIAL_FORMS": "1", "set_sizes-0-id": size.pk,
        "set_sizes-0-product": hidden.pk, "set_sizes-0-size": size.size_id,
        "set_sizes-0-DELETE": "on",
    })  # fmt: skip
    html = editor.post(page(hidden), fields).content.decode()
    assert "A set keeps at least one size. Put another one in first." in html
    assert 'value="Typed"' in html
    assert list(hidden.set_sizes.all()) == [size]


def test_a_published_product_that_no_longer_may_be_is_hidden_and_says_so(editor, hidden):
    editor.post(page(hidden), form(hidden, product_product_publish="1", **with_all()))
    other = CategoryFactory(name="Samples", slug="samples")
    answer = editor.post(page(hidden), form(hidden, category=other.pk), follow=True)

    hidden.refresh_from_db()
    assert hidden.is_published is False
    assert f"{hidden.name} is hidden now: its category has no place in the shop." in said(answer)


def test_a_size_is_in_a_set_once(editor, hidden):
    fields = with_all()
    twice = {"set_sizes-TOTAL_FORMS": "2", "set_sizes-1-size": fields["set_sizes-0-size"]}
    answer = editor.post(page(hidden), form(hidden, name="Typed", **fields | twice))
    assert "Please correct the duplicate data for size." in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    assert not hidden.set_sizes.exists()


def test_a_single_whose_variant_has_no_size_stays_hidden(editor, hidden):
    singles = CategoryFactory(name="Singles", slug="singles")
    fields = form(hidden, category=singles.pk, product_product_publish="1", **with_all())
    answer = editor.post(page(hidden), fields, follow=True)
    assert said(answer)[0] == f"{hidden.name} stays hidden: it does not name its sizes."


def test_hiding_a_product(editor, hidden):
    Product.objects.update(is_published=True)
    editor.post(page(hidden), form(hidden, product_product_hide="1"))
    hidden.refresh_from_db()
    assert hidden.is_published is False


def test_publishing_several_publishes_those_that_may_be(editor, hidden):
    ready = variant_in_stock(product__is_published=False).product
    editor.post(page(ready), form(ready, **with_all()))

    editor.post(PRODUCTS, {"action": "publish_selected", "_selected_action": [hidden.pk, ready.pk]})

    assert list(Product.objects.filter(is_published=True)) == [ready]


def test_saving_does_not_publish(editor, hidden):
    editor.post(page(hidden), form(hidden, is_published="on"))
    hidden.refresh_from_db()
    assert hidden.is_published is False


def test_a_lower_price_of_a_variant_becomes_the_lowest_price(editor, hidden):
    fields = form(hidden, **{"variants-0-price_override_amount": "39.00"})
    assert editor.post(page(hidden), fields).status_code == 302
    hidden.refresh_from_db()
    assert hidden.minimal_variant_price_amount == Decimal("39.00")


def test_a_price_is_never_negative(editor, hidden):
    answer = editor.post(page(hidden), form(hidden, price_amount="-1"))
    assert "greater than or equal to 0" in answer.content.decode()
    hidden.refresh_from_db()
    assert hidden.price_amount == Decimal("49.00")


def test_a_new_product_is_hidden(editor):
    old = variant_in_stock().product
    fields = form(old, name="New set", slug="new-set", **{
        "variants-INITIAL_FORMS": "0", "variants-0-id": "", "variants-0-product": "",
        "variants-0-sku": "NEW-1",
    })  # fmt: skip
    assert editor.post(f"{PRODUCTS}add/", fields).status_code == 302
    new = Product.objects.get(slug="new-set")
    assert new.is_published is False
    assert new.variants.get().sku == "NEW-1"


def test_nobody_deletes_a_product(hidden):
    answer = personas.owner().post(f"{PRODUCTS}{hidden.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 403
    assert Product.objects.filter(pk=hidden.pk).exists()


def test_a_size_out_of_order_is_refused(editor):
    Size.objects.create(number=1, diameter_mm=13, usable_length_mm=80, weight_g=20)
    answer = editor.post(
        "/staff/product_content/size/add/",
        {"number": "2", "diameter_mm": "12", "usable_length_mm": "90", "weight_g": "30"},
    )
    assert "Out of order" in answer.content.decode()
    assert Size.objects.count() == 1


def test_an_empty_size_is_asked_for_its_figures(editor):
    answer = editor.post("/staff/product_content/size/add/", {"diameter_mm": "0"})
    problems = answer.context["adminform"].form.errors
    assert problems["number"] == ["This field is required."]
    assert problems["diameter_mm"] == ["Ensure this value is greater than or equal to 1."]
    assert not Size.objects.exists()


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("A gel that relieves pain.", "“relieves” is a medical claim, and the product has no"),
        ("Use it twice a day.", "no claim is cited for “Use it twice a day.”"),
        ("Calm.[^nowhere]", "[^nowhere] is no claim"),
    ],
)
def test_a_product_that_claims_too_much_stays_hidden_and_says_why(
    editor, hidden, description, reason
):
    texts = with_all() | {"detail-0-description_markdown": description}
    fields = form(hidden, product_product_publish="1", **texts)
    answer = editor.post(page(hidden), fields, follow=True)
    hidden.refresh_from_db()
    assert hidden.is_published is False
    assert said(answer)[0].startswith(f"{hidden.name} stays hidden: {reason}")
