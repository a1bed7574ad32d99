"""Products and guides as staff list them."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Allocation, Stock

from dashboard.policies import may_publish
from product_content.decisions import Decision
from product_content.kinds import KINDS, ProductKind
from product_content.models import Guide, ProductDetail, SafetyCard, claim_audiences
from product_content.policies import REVIEW_EVERY, product_text_problems


def products_with_stock() -> QuerySet[Product]:
    """Return the products with `available`: pieces left of all variants in all warehouses.

    Each sum stands in its own subquery: joined, they would multiply one another.
    """
    on_hand = _sum(
        Stock.objects.filter(product_variant__product=OuterRef("pk")),
        "product_variant__product",
        "quantity",
    )
    reserved = _sum(
        Allocation.objects.filter(
            stock__product_variant__product=OuterRef("pk"), quantity_allocated__gt=0
        ),
        "stock__product_variant__product",
        "quantity_allocated",
    )
    return Product.objects.annotate(on_hand=on_hand, allocated=reserved).annotate(
        available=F("on_hand") - F("allocated")
    )


def may_publish_product(product: Product) -> Decision:
    """Say whether customers may see the product as it is stored now, and if not, why."""
    kind = KINDS.get(product.category.slug) if product.category else None
    return may_publish(
        is_of_our_kind=kind is not None,
        has_texts=ProductDetail.objects.filter(product=product).exists(),
        has_card=SafetyCard.objects.filter(product=product).exists(),
        has_variants=product.variants.exists(),
        names_sizes=kind is None or _names_sizes(product, kind),
        claims_too_much=_claims_too_much(product),
    )


def _claims_too_much(product: Product) -> str:
    """Return what the product's texts say without a claim, or beyond its marking; "" if nothing."""
    detail = ProductDetail.objects.filter(product=product).first()
    card = SafetyCard.objects.filter(product=product).first()
    if detail is None or card is None:
        return ""
    problems = product_text_problems(
        summary=detail.summary,
        cited=[
            detail.description_markdown,
            *(card.cleaning, card.lubricant, card.intended_use, card.not_studied_for),
        ],
        marking=card.marking,
        claims=claim_audiences(),
    )
    return "; ".join(problems)


def _names_sizes(product: Product, kind: ProductKind) -> bool:
    """Return whether the product, or each of its variants, has the sizes that its kind asks for."""
    if kind.lists_sizes:
        return bool(product.set_sizes.exists())
    return not kind.variants_have_size or not product.variants.filter(single_size=None).exists()


def product_search(part: str) -> Q:
    """Return the condition that name, slug or the SKU of a variant has this part.

    Joined, a product would come once for each variant; taking these out again means comparing
    every column of every product.
    """
    by_sku = ProductVariant.objects.filter(sku__icontains=part).values("product")
    return Q(name__icontains=part) | Q(slug__icontains=part) | Q(pk__in=by_sku)


def _sum(rows: QuerySet, by: str, column: str) -> Coalesce:
    totals = rows.order_by().values(by).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(totals), 0)


def guides_due_for_review() -> QuerySet[Guide]:
    """Return the published guides that a clinician never reviewed, or not for too long.

    The same rule as `is_review_due`; drafts are left out, since nobody reads them yet.
    """
    last_good_day = timezone.localdate() - REVIEW_EVERY
    never_or_long_ago = Q(reviewed_on__isnull=True) | Q(reviewed_on__lte=last_good_day)
    return Guide.objects.filter(never_or_long_ago, is_published=True)


def variant_in_words(variant: ProductVariant) -> str:
    """Return what staff know a variant by: SKU, product, and what of it."""
    named = "" if variant.name in {"", variant.sku} else variant.name
    return ", ".join(filter(None, [variant.sku, variant.product.name, named]))
