"""Guides, what they are tied to, and the words by which customers search for them."""

from __future__ import annotations

from product_content.catalogue.adapters.base import Adapter, Fields, found
from product_content.catalogue.items import Item
from product_content.models import Claim, Guide, GuideProduct, GuideRelation, SearchGroup, Source

_PLAIN = (
    "slug",
    "title",
    "summary",
    "topic",
    "audience",
    "readers",
    "author",
    "reviewer",
    "sort_order",
)
_DAYS = ("reviewed_on", "updated_on")


_SOURCE = (
    "organisation",
    "title",
    "year",
    "edition",
    "url",
    "no_link",
    "not_accessed",
    "audiences",
    "says",
    "strength",
)


class SourceAdapter(Adapter):
    """The key is the slug."""

    model = Source
    adopts = True  # migration 0007 makes sources of those that guides had

    def find(self, item: Item) -> str | None:
        return found(Source.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        source = Source.objects.get(pk=object_id)
        day = source.accessed_on
        fields = {name: getattr(source, name) for name in _SOURCE}
        return fields | {"accessed_on": day.isoformat() if day else None}

    def create(self, item: Item) -> str:
        return str(Source.objects.create(slug=item.key, **item.fields).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        Source.objects.filter(pk=object_id).update(**fields)


class ClaimAdapter(Adapter):
    """The key is the slug; sources are named by theirs."""

    model = Claim
    adopts = True

    def find(self, item: Item) -> str | None:
        return found(Claim.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        claim = Claim.objects.get(pk=object_id)
        return {
            "says": claim.says,
            "sources": sorted(claim.sources.values_list("slug", flat=True)),
            "audiences": claim.audiences,
            "limits": claim.limits,
            "review_by": claim.review_by.isoformat(),
        }

    def create(self, item: Item) -> str:
        return self._write(Claim(slug=item.key), item.fields)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        self._write(Claim.objects.get(pk=object_id), fields)

    def _write(self, claim: Claim, fields: Fields) -> str:
        for name in fields.keys() - {"sources"}:
            setattr(claim, name, fields[name])
        claim.save()
        if "sources" in fields:
            claim.sources.set([int(self.refs.id("source", slug)) for slug in fields["sources"]])
        return str(claim.pk)


class GuideAdapter(Adapter):
    """The key is the slug that the guide had when it was first loaded."""

    model = Guide

    def find(self, item: Item) -> str | None:
        return found(Guide.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        guide = Guide.objects.get(pk=object_id)
        fields = {name: getattr(guide, name) for name in _PLAIN}
        fields |= {
            name: day.isoformat() if (day := getattr(guide, name)) else None for name in _DAYS
        }
        fields["body"] = guide.body_markdown
        fields["when_to_stop"] = guide.when_to_stop.splitlines()
        return fields

    def create(self, item: Item) -> str:
        return self._write(Guide(), item.fields)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        self._write(Guide.objects.get(pk=object_id), fields)

    def _write(self, guide: Guide, fields: Fields) -> str:
        for name in fields.keys() & {*_PLAIN, *_DAYS}:
            setattr(guide, name, fields[name])
        guide.body_markdown = fields.get("body", guide.body_markdown)
        if "when_to_stop" in fields:
            guide.when_to_stop = "\n".join(fields["when_to_stop"])
        guide.save()
        return str(guide.pk)


class LinksAdapter(Adapter):
    """A guide's products and related guides; the object is the guide, written once all exist."""

    model = Guide
    adopts = True

    def find(self, item: Item) -> str | None:
        return self.refs.id("guide", item.key)

    def read(self, object_id: str) -> Fields:
        links = GuideProduct.objects.filter(guide_id=int(object_id)).order_by("sort_order", "pk")
        related = GuideRelation.objects.filter(guide_id=int(object_id)).order_by("sort_order", "pk")
        return {
            "products": [
                {
                    "product": self.refs.key("product", pk),
                    "stage": stage,
                    "reason": reason,
                    "on_guide": on_guide,
                }
                for pk, stage, reason, on_guide in links.values_list(
                    "product_id", "stage", "reason", "on_guide"
                )
            ],
            "related": [
                self.refs.key("guide", pk) for pk in related.values_list("related_id", flat=True)
            ],
        }

    def create(self, item: Item) -> str:
        raise NotImplementedError("links belong to a guide, which is created before them")

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        if "products" in fields:
            GuideProduct.objects.filter(guide_id=int(object_id)).delete()
            GuideProduct.objects.bulk_create(self._products(object_id, fields["products"]))
        if "related" in fields:
            GuideRelation.objects.filter(guide_id=int(object_id)).delete()
            GuideRelation.objects.bulk_create(self._related(object_id, fields["related"]))

    def _products(self, guide_id: str, links: list[Fields]) -> list[GuideProduct]:
        return [
            GuideProduct(
                guide_id=int(guide_id),
                product_id=int(self.refs.id("product", link["product"])),
                stage=link["stage"],
                reason=link["reason"],
                on_guide=link["on_guide"],
                sort_order=position,
            )
            for position, link in enumerate(links)
        ]

    def _related(self, guide_id: str, slugs: list[str]) -> list[GuideRelation]:
        return [
            GuideRelation(
                guide_id=int(guide_id),
                related_id=int(self.refs.id("guide", slug)),
                sort_order=position,
            )
            for position, slug in enumerate(slugs)
        ]


class WordsAdapter(Adapter):
    """Words of customers; the key is their language and name."""

    model = SearchGroup

    def find(self, item: Item) -> str | None:
        named = SearchGroup.objects.filter(
            language=item.fields["language"], name=item.fields["name"]
        )
        return found(named.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        names = ("language", "name", "words", "leads_to", "sensitive")
        return dict(SearchGroup.objects.values(*names).get(pk=object_id))

    def create(self, item: Item) -> str:
        return str(SearchGroup.objects.create(**item.fields).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        SearchGroup.objects.filter(pk=object_id).update(**fields)
