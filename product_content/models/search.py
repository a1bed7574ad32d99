"""What the search reads, in each language: documents, their words, and the words of customers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Combinable
from saleor.product.models import Product

from product_content.models.guides import Guide

# PostgreSQL's configurations (migration 0010): each folds accents, stems, and drops "the" or "el".
CONFIGS = {"en": "shop_en", "es": "shop_es"}


def _weighted() -> Combinable:
    """Return the document with its title first, then what it is called elsewhere, then the rest."""
    parts = (("title", "A"), ("keywords", "B"), ("summary", "C"), ("body", "D"))
    first, *others = (
        Func(
            Func(F("language"), F(name), function="shop_vector"),
            Value(weight),
            template='setweight(%(expressions)s::"char")',
            output_field=SearchVectorField(),
        )
        for name, weight in parts
    )
    vector: Combinable = first
    for other in others:
        vector = Func(vector, other, arg_joiner=" || ", template="(%(expressions)s)")
    return vector


class SearchDocument(models.Model):
    """The plain text of one product or one guide in one language.

    PostgreSQL computes `vector` from the texts of the row itself, so it cannot lag behind them.
    """

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, related_name="search_documents"
    )
    guide = models.ForeignKey(
        Guide, on_delete=models.CASCADE, null=True, related_name="search_documents"
    )
    language = models.CharField(max_length=8, choices=[(code, code) for code in CONFIGS])
    title = models.CharField(max_length=250)
    keywords = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    sizes = ArrayField(models.PositiveSmallIntegerField(), default=list)
    vector = models.GeneratedField(
        expression=_weighted(),  # type: ignore[arg-type]
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_document_vector")]
        constraints = [
            models.CheckConstraint(
                name="search_document_of_one_thing",
                condition=Q(product__isnull=True) ^ Q(guide__isnull=True),
            ),
            models.UniqueConstraint(fields=["product", "language"], name="product_language_once"),
            models.UniqueConstraint(fields=["guide", "language"], name="guide_language_once"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word of the documents or of the customers' words; a mistyped one is compared with these.

    A sensitive word, as of an illness or an injury, is never taken for another one.
    """

    language = models.CharField(max_length=8)
    word = models.CharField(max_length=40)
    folded = models.CharField(max_length=40)
    stem = models.CharField(max_length=40)
    sensitive = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "word"], name="search_word_once")
        ]

    def __str__(self) -> str:
        return self.word


class SearchGroup(models.Model):
    """Words that customers of one language use for one thing, and the answer they lead to.

    Without an answer the words stand for each other: what is found by one is found by all. With
    one, whoever types any of them is shown that page or guide first. `sensitive` words are never
    corrected into others.
    """

    language = models.CharField(max_length=8, choices=[("en", "English"), ("es", "Spanish")])
    name = models.CharField(max_length=80, help_text="For staff: what these words are about.")
    words = models.TextField(
        help_text="Words or phrases with commas between them. Endings do not matter: “refund” "
        "covers “refunds” and “refunded”."
    )
    leads_to = models.CharField("answer", max_length=100, blank=True)
    sensitive = models.BooleanField(
        "sensitive words", default=False, help_text="The spelling help never changes these words."
    )

    class Meta:
        ordering = ("pk",)  # of two answers that fit as well, the group that was first gives its
        constraints = [
            models.UniqueConstraint(
                fields=["language", "name"],
                name="search_group_once",
                violation_error_message="There is a group of this name in this language.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def phrases(self) -> list[str]:
        """The words and phrases, each without surrounding space."""
        return [" ".join(phrase.split()) for phrase in self.words.split(",") if phrase.strip()]


class SearchPhrase(models.Model):
    """One phrase of a group with the stems of its words, as the search compares them."""

    group = models.ForeignKey(SearchGroup, on_delete=models.CASCADE, related_name="stemmed")
    language = models.CharField(max_length=8)
    stems = ArrayField(models.CharField(max_length=60))

    def __str__(self) -> str:
        return " ".join(self.stems)
