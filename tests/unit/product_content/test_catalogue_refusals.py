"""Broken files: each names file, line and field, and changes nothing."""

import pytest
from django.core.management import CommandError, call_command
from saleor.product.models import Product

from product_content.catalogue.loading import load_catalogue
from product_content.catalogue.located_yaml import CatalogueRefused
from product_content.models import CatalogueRecord, Guide, Size
from tests.unit.product_content.files import swap

YAML, FIRST = "catalogue.yaml", "articles/first.md"
BROKEN = {
    "unknown size in a set": (
        YAML,
        "sizes: [1, 2]",
        "sizes: [1, 7]",
        "sets[0].sizes",
        "product small-set names the unknown size 7",
    ),
    "country of another code": (
        YAML,
        "    country: GB",
        "    country: USA",
        "warehouses[0].country",
        "USA is no country. Write its two letters of ISO 3166, such as GB, US or JP.",
    ),
    "empty set": (YAML, "sizes: [1, 2]", "sizes: []", "sets[0].sizes", "must not be empty"),
    "size twice in a set": (
        YAML,
        "sizes: [1, 2]",
        "sizes: [1, 1]",
        "sets[0].sizes",
        "product small-set names a size twice",
    ),
    "unknown size of a single": (
        YAML,
        "{sku: ONE-1, name: Size 1, size: 1,",
        "{sku: ONE-1, name: Size 1, size: 8,",
        "singles[0].variants[0].size",
        "variant ONE-1 names the unknown size 8",
    ),
    "missing card field": (
        YAML,
        "      material: Water\n",
        "      material:\n",
        "care[0].card.material",
        "is missing",
    ),
    "firmness that does not exist": (
        YAML,
        "      firmness: none\n",
        "      firmness: squishy\n",
        "care[0].card.firmness",
        "must be one of soft, medium, firm, none, not 'squishy'",
    ),
    "duplicate number": (
        YAML,
        "{number: 3, diameter_mm: 20",
        "{number: 2, diameter_mm: 20",
        "sizes[2].number",
        "the size 2 is given twice",
    ),
    "out of order": (
        YAML,
        "{number: 3, diameter_mm: 20",
        "{number: 3, diameter_mm: 15",
        "sizes[2].number",
        "size 3 (15 mm) is out of order: it must be wider than size 2 (16 mm)",
    ),
    "duplicate slug": (
        YAML,
        "slug: plain-gel",
        "slug: small-set",
        "care[0].slug",
        "the product small-set is given twice",
    ),
    "duplicate SKU": (
        YAML,
        "{sku: GEL,",
        "{sku: ONE-1,",
        "care[0].variants[0].sku",
        "the variant ONE-1 is given twice",
    ),
    "bad money": (
        YAML,
        'price: "30.00"',
        'price: "30.5"',
        "sets[0].price",
        "must be an amount of money such as 39.00, not '30.5'",
    ),
    "wrong type": (
        YAML,
        "weight_g: 100",
        "weight_g: heavy",
        "sets[0].variants[0].weight_g",
        "must be a whole number from 1 to 32767, not 'heavy'",
    ),
    "unknown field": (
        YAML,
        "    summary: Two small sizes.",
        "    sumary: Two small sizes.",
        "sets[0].sumary",
        "is not a known field",
    ),
    "unknown warehouse": (
        YAML,
        "SET-12, weight_g: 100, stock: [{warehouse: main",
        "SET-12, weight_g: 100, stock: [{warehouse: attic",
        "sets[0].variants[0].stock[0].warehouse",
        "stock SET-12 at attic names the unknown warehouse attic",
    ),
    "unknown zone": (
        YAML,
        "zones: [uk]",
        "zones: [moon]",
        "warehouses[0].zones",
        "warehouse main names the unknown zone moon",
    ),
    "broken YAML": (
        YAML,
        "name: Plain gel",
        "name: Plain: gel",
        "file",
        "the YAML cannot be read: mapping values are not allowed here",
    ),
    "key given twice": (
        YAML,
        "    city: Exeter\n",
        "    country: GB\n",
        "country",
        "is given twice",
    ),
    "dead link to a product": (
        FIRST,
        "  - product: small-set",
        "  - product: no-such-set",
        "products[0]",
        "links first names the unknown product no-such-set",
    ),
    "unknown guide": (
        FIRST,
        "related: [second]",
        "related: [third]",
        "related",
        "links first names the unknown guide third",
    ),
    "unknown stage": (
        FIRST,
        "    stage: first_use",
        "    stage: never",
        "products[0].stage",
        "must be one of before, first_use, moving_up, care, not 'never'",
    ),
    "unknown claim": (
        FIRST,
        "Text.[^nhs]",
        "Text.[^other]",
        "slug",
        "guide first: [^other] is no claim",
    ),
    "uncited dose": (
        FIRST,
        "Text.[^nhs]",
        "Text.[^nhs] Stay for ten minutes.",
        "slug",
        "guide first: no claim is cited for “Stay for ten minutes.”",
    ),
    "uncited section": (
        FIRST,
        "Text.[^nhs]",
        "Text.",
        "slug",
        "guide first: the section “First” cites nothing",
    ),
    "claim about other people": (
        FIRST,
        "readers: [vaginismus]",
        "readers: [menopause]",
        "slug",
        (
            "guide first: [^nhs] is about other people (vaginismus), whom the text does not name "
            "there; [^nhs] is about other people (vaginismus), whom the text does not name there"
        ),
    ),
    "claim for people of whom no source speaks": (
        "sources.yaml",
        "    audiences: [vaginismus]\n    limits",
        "    audiences: [vaginismus, menopause]\n    limits",
        "claims[0].audiences",
        "claim nhs: none of its sources speaks of menopause",
    ),
    "source without a link": (
        "sources.yaml",
        "    url: https://www.nhs.uk/\n",
        "    year: '2020'\n",
        "sources[0].no_link",
        "without url say why",
    ),
    "source without a day": (
        "sources.yaml",
        "    not_accessed: The day was not recorded.\n",
        "    edition: first\n",
        "sources[0].not_accessed",
        "without accessed_on say why",
    ),
    "claim without a day of review": (
        "sources.yaml",
        "    review_by: 2028-01-31",
        "    review_by: null",
        "claims[0].review_by",
        "is missing",
    ),
    "medical claim without a marking": (
        "catalogue.yaml",
        "    description: A gel.",
        "    description: A gel that relieves pain.",
        "care[0].slug",
        (
            "product plain-gel: “relieves” is a medical claim, and the product has no conformity "
            "marking (CAP Code 12.1)"
        ),
    ),
    "reviewer without a date": (
        FIRST,
        "reviewer: null",
        "reviewer: A. Person",
        "reviewer",
        "give both reviewer and reviewed_on, or neither",
    ),
    "bad front matter": (
        FIRST,
        "updated: 2026-01-31",
        "updated: soon",
        "updated",
        "must be a date such as 2026-01-31, not 'soon'",
    ),
}
# Where the named line is not the one that was broken: the key's second place, or its list.
ELSEWHERE = {
    "key given twice": "    country: GB",
    "unknown claim": "slug: first",
    "uncited dose": "slug: first",
    "uncited section": "slug: first",
    "claim about other people": "slug: first",
    "source without a link": "  - id: nhs-page",
    "source without a day": "  - id: nhs-page",
    "medical claim without a marking": "  - slug: plain-gel",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BROKEN)
def test_broken_input_is_named_by_file_line_and_field(folder, name):
    file, old, new, field, message = BROKEN[name]
    line = swap(folder / file, old, new)
    if name in ELSEWHERE:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        line = len(lines) - lines[::-1].index(ELSEWHERE[name])

    with pytest.raises(CatalogueRefused) as refused:
        load_catalogue(folder=folder)

    assert f"{file}:{line}: {field}: {message}" in str(refused.value).splitlines()
    assert not Product.objects.exists()
    assert not Guide.objects.exists()
    assert not Size.objects.exists()
    assert not CatalogueRecord.objects.exists()


@pytest.mark.django_db
def test_a_missing_field_is_named_where_its_mapping_begins(folder):
    line = swap(
        folder / YAML, "  - slug: plain-gel\n    name: Plain gel\n", "  - slug: plain-gel\n"
    )

    with pytest.raises(CatalogueRefused) as refused:
        load_catalogue(folder=folder)

    assert str(refused.value) == f"catalogue.yaml:{line}: care[0].name: is missing"


@pytest.mark.django_db
def test_every_problem_is_told_at_once(folder):
    swap(folder / YAML, 'price: "30.00"', "price: free")
    swap(folder / FIRST, "topic: using", "topic: nothing")

    with pytest.raises(CatalogueRefused) as refused:
        load_catalogue(folder=folder)

    assert len(refused.value.problems) == 2


def test_a_refusal_leaves_what_was_loaded_before(loaded, folder):
    swap(folder / YAML, "summary: Two small sizes.", "summary: Changed.")
    swap(folder / FIRST, "related: [second]", "related: [third]")

    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("load_catalogue", folder=folder)

    assert Product.objects.get(slug="small-set").detail.summary == "Two small sizes."


def test_an_article_without_front_matter_is_refused(db, folder):
    (folder / "articles" / "third.md").write_text("Just text.", encoding="utf-8")

    with pytest.raises(CatalogueRefused, match=r"articles/third\.md:1: file: a guide begins with"):
        load_catalogue(folder=folder)


def test_a_folder_without_a_catalogue_is_refused(db, tmp_path):
    with pytest.raises(CatalogueRefused, match=r"catalogue\.yaml:1: file: is not in"):
        load_catalogue(folder=tmp_path)


def test_sizes_that_clash_with_staffs_own_are_refused_by_the_database(loaded, folder):
    Size.objects.filter(number=2).update(diameter_mm=19)
    swap(folder / YAML, "{number: 3, diameter_mm: 20", "{number: 3, diameter_mm: 18")

    with pytest.raises(CatalogueRefused, match="out of order"):
        load_catalogue(folder=folder)

    assert Size.objects.get(number=3).diameter_mm == 20


def test_goods_that_nobody_at_home_could_buy_are_refused(db, folder, settings):
    settings.DEFAULT_COUNTRY = "BR"

    with pytest.raises(CommandError, match="no zone with a warehouse delivers to BR") as refused:
        call_command("load_catalogue", folder=folder)

    assert "\n" not in str(refused.value)
    assert not Product.objects.exists()


def test_a_shop_keeps_the_currency_of_its_first_start(loaded, folder, settings):
    settings.DEFAULT_CURRENCY = "USD"

    with pytest.raises(CommandError, match="DEFAULT_CURRENCY: is USD, and there are prices in GBP"):
        call_command("load_catalogue", folder=folder)


def test_prices_of_another_currency_are_for_trying_only(db, folder, settings):
    path = folder / YAML
    path.write_text(f"currency: GBP\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    settings.DEFAULT_CURRENCY = "JPY"
    load_catalogue(folder=folder)
    assert Product.objects.get(slug="small-set").price.amount == 3000  # of "30.00"

    settings.PRODUCTION = True
    with pytest.raises(CatalogueRefused, match="the prices are in GBP, the shop's DEFAULT_CURRENC"):
        load_catalogue(folder=folder)


def test_a_price_with_decimals_that_its_currency_has_not_is_refused(db, folder, settings):
    settings.DEFAULT_CURRENCY = "JPY"
    swap(folder / YAML, 'price: "30.00"', 'price: "30.50"')

    with pytest.raises(CatalogueRefused, match=r"price 30\.50 has decimals, and JPY has none"):
        load_catalogue(folder=folder)


def test_a_catalogue_without_guides_and_sources_loads(db, folder):
    for path in (*(folder / "articles").glob("*.md"), folder / "sources.yaml"):
        path.unlink()

    load_catalogue(folder=folder)

    assert Product.objects.filter(slug="small-set", is_published=True).exists()
    assert not Guide.objects.exists()
