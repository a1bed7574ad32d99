"""A small catalogue in a folder of its own, to be broken in one place at a time."""

from __future__ import annotations

from pathlib import Path

CATALOGUE = """\
shared:
  card: &card
    material: Silicone
    firmness: medium
    latex: free
    magnet: none
    cleaning: Warm water and soap.
    lubricant: Water-based only.
    intended_use: Gentle practice.
    not_studied_for: Not studied in pregnancy.
sizes:
  - {number: 1, diameter_mm: 13, usable_length_mm: 85, weight_g: 18}
  - {number: 2, diameter_mm: 16, usable_length_mm: 95, weight_g: 28}
  - {number: 3, diameter_mm: 20, usable_length_mm: 105, weight_g: 46}
shipping:
  - key: uk
    name: United Kingdom
    countries: ["GB"]
    methods:
      - {key: uk-standard, name: Standard, price: "3.95"}
warehouses:
  - slug: main
    name: Main
    company_name: Shop
    street_address_1: 1 Example Street
    city: Exeter
    postal_code: EX1 1AA
    country: GB
    zones: [uk]
sets:
  - slug: small-set
    name: Small set
    sizes: [1, 2]
    price: "30.00"
    summary: Two small sizes.
    description: Two *small* sizes.
    in_the_box: [Two pieces]
    card: *card
    variants:
      - {sku: SET-12, weight_g: 100, stock: [{warehouse: main, quantity: 5}]}
singles:
  - slug: plain-single
    name: Plain single
    price: "12.00"
    summary: One size.
    description: One size.
    in_the_box: [One piece]
    card: *card
    variants:
      - {sku: ONE-1, name: Size 1, size: 1, weight_g: 40, stock: [{warehouse: main, quantity: 4}]}
      - {sku: ONE-2, name: Size 2, size: 2, price: "14.00", weight_g: 50, stock: []}
care:
  - slug: plain-gel
    name: Plain gel
    price: "8.50"
    summary: A gel.
    description: A gel.
    in_the_box: [One bottle]
    card:
      <<: *card
      material: Water
      firmness: none
    variants:
      - {sku: GEL, name: One bottle, weight_g: 75}
"""

GUIDE = """\
---
slug: {slug}
title: {title}
order: {order}
topic: using
summary: What to do.
audience: Everyone.
readers: [vaginismus]
when_to_stop: [Stop if it hurts.]
author: Editorial team
reviewer: null
updated: 2026-01-31
products:
  - product: {product}
    stage: {stage}
    reason: It begins small.
{also}related: [{related}]
---

## First

Text.[^nhs]

## You may not need to buy anything

Nothing.[^nhs]
"""
SOURCES = """\
sources:
  - id: nhs-page
    organisation: NHS
    title: A leaflet
    url: https://www.nhs.uk/
    not_accessed: The day was not recorded.
    audiences: [vaginismus]
    strength: leaflet
    says: It can be treated.
claims:
  - id: nhs
    says: It can be treated.
    sources: [nhs-page]
    audiences: [vaginismus]
    limits: One leaflet.
    review_by: 2028-01-31
"""
ALSO = "also_for:\n  - {kind: sets, stage: care, reason: For every set.}\n"


def write(folder: Path) -> Path:
    """Write the small catalogue and two guides into `folder`."""
    articles = folder / "articles"
    articles.mkdir()
    (folder / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    first = {"slug": "first", "title": "First steps", "order": 1, "related": "second"}
    second = {"slug": "second", "title": "Looking after it", "order": 2, "related": "first"}
    first |= {"product": "small-set", "stage": "first_use", "also": ""}
    second |= {"product": "plain-gel", "stage": "care", "also": ALSO}
    for values in (first, second):
        path = articles / f"{values['slug']}.md"
        path.write_text(GUIDE.format(**values), encoding="utf-8")
    return folder


def swap(path: Path, old: str, new: str) -> int:
    """Replace `old`, which must be there once, and return its line counted from 1."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
