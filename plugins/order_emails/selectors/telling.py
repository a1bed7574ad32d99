"""Words and names that would tell others what the shop sells."""

from __future__ import annotations

from saleor.product.models import Category, Collection, Product

from product_content.models import Guide

# Conditions, parts of the body and kinds of goods, in the languages of the shop. Names of what is
# sold are read from the catalogue.
_WORDS = frozenset(
    """
    vagina vaginal vaginismus vulva vulvodynia pelvic pelvis dilator dilators dilation penetration
    intercourse sex sexual menopause lubricant lubricants silicone magnetic magnet magnets
    radiotherapy dyspareunia endometriosis incontinence muscle muscles painful intimate
    vaginales vaginismo pélvico pélvica dilatador dilatadores dilatación penetración coito sexo
    menopausia lubricante lubricantes silicona magnético imán imanes radioterapia dispareunia
    endometriosis incontinencia íntimo íntima
    """.split()  # noqa: SIM905  words, not code
)


def telling_phrases() -> frozenset[str]:
    """Return words, and whole names of products, categories, collections and guides."""
    names: set[str] = set()
    for model in (Product, Category, Collection):
        names.update(model.objects.values_list("name", flat=True))
    names.update(Guide.objects.values_list("title", flat=True))
    return _WORDS | {name.lower() for name in names if len(name) > len("set")}
