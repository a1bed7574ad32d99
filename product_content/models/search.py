"""What the search reads: one document for each product and guide, and all words in them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from saleor.product.models import Product

from product_content.models.guides import Guide

CONFIG = "english"  # PostgreSQL's dictionary: stems words and drops "the", "for" and the like


def _weighted() -> SearchVector:
    """Return the document with its title first, then what it is called elsewhere, then the rest."""
    parts = (("title", "A"), ("keywords", "B"), ("summary", "C"), ("body", "D"))
    first, *others = (SearchVector(name, weight=weight, config=CONFIG) for name, weight in parts)
    return sum(others, start=first)


class SearchDocument(models.Model):
    """The plain text of one product or one guide.

    PostgreSQL computes `vector` from the texts of the row itself, so it cannot lag behind them.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, null=True, related_name="search_document"
    )
    guide = models.OneToOneField(
        Guide, on_delete=models.CASCADE, null=True, related_name="search_document"
    )
    title = models.CharField(max_length=250)
    keywords = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    sizes = ArrayField(models.PositiveSmallIntegerField(), default=list)
    vector = models.GeneratedField(
        expression=_weighted(), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_document_vector")]
        constraints = [
            models.CheckConstraint(
                name="search_document_of_one_thing",
                condition=Q(product__isnull=True) ^ Q(guide__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that the documents or the synonyms use; a mistyped word is compared with these."""

    word = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.word
