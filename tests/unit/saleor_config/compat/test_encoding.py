from django.utils import encoding
from saleor.product.models import Product, ProductVariant


def test_saleor_names_a_variant_with_smart_text() -> None:
    variant = ProductVariant(product=Product(name="Dilator set"), name="", sku="set-1")

    assert variant.display_product() == "Dilator set (set-1)"


def test_the_old_name_converts_bytes_as_the_new_one_does() -> None:
    assert encoding.smart_text(b"caf\xc3\xa9") == "café"  # type: ignore[attr-defined]
