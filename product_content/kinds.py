"""What this shop sells: sets, singles and care products.

To sell a fourth kind of product, add it to `KINDS`, give it a section in
`product_content/data/catalogue.yaml`, and translate its texts. Its list and its product pages come
from `storefront/templates/storefront/catalogue/{list,product}.html`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class ProductKind:
    """A kind of product: its texts, where its pages are, and how it differs from the others.

    `slug` is the slug of Saleor's category and product type, the path of the list, the name of
    its URL and the section of the catalogue file. `url_name` is the URL name of a product's page.
    `lead` is true of any goods; a catalogue's own words take its place (`kind_lead`).
    `menu_html` is a trusted text; `search_words` are found beside a product's own.
    """

    slug: str
    url_name: str
    category_name: str
    name: _StrOrPromise
    menu_html: _StrOrPromise
    lead: _StrOrPromise
    related_name: _StrOrPromise
    search_words: _StrOrPromise
    lists_sizes: bool = False  # a product has sizes of its own, and is hidden without them
    variants_have_size: bool = False  # each variant is in one size of the chart
    has_options: bool = True  # several variants, each with a name

    @property
    def has_sizes(self) -> bool:
        """Return whether its products have sizes, of their own or by their variants."""
        return self.lists_sizes or self.variants_have_size


SETS = ProductKind(
    slug="sets",
    url_name="set",
    category_name="Sets",
    name=_("Sets by size"),
    menu_html=_('Sets<span class="wide-only"> by size</span>'),
    lead=_("Every set on one size scale, in millimetres and inches."),
    related_name=_("You may also be looking for"),
    search_words=_("set kit dilator"),
    lists_sizes=True,
    has_options=False,
)
SINGLES = ProductKind(
    slug="singles",
    url_name="single",
    category_name="Singles",
    name=_("Single sizes"),
    menu_html=_("Singles"),
    lead=_("One size on its own: to replace one, or to add the step between two."),
    related_name=_("You may also be looking for"),
    search_words=_("single one dilator"),
    variants_have_size=True,
)
CARE = ProductKind(
    slug="care",
    url_name="care_product",
    category_name="Care",
    name=_("Care and comfort"),
    menu_html=_("Care"),
    lead=_("What goes with it, and what keeps it well."),
    related_name=_("Goes with it"),
    search_words=_("care accessory"),
)
# By slug, in the order in which menus and the sitemap name them.
KINDS: dict[str, ProductKind] = {kind.slug: kind for kind in (SETS, SINGLES, CARE)}
