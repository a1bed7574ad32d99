"""Loading the catalogue files into the shop.

`located_yaml` (YAML that knows its lines) → `entries` (checked fields) → `files` (items) →
`items` (what spans several of them) → `loading` through `adapters` (the database).
"""

from __future__ import annotations

from product_content.catalogue.loading import Change, Report, load_catalogue
from product_content.catalogue.located_yaml import CatalogueRefused, Problem

__all__ = ["CatalogueRefused", "Change", "Problem", "Report", "load_catalogue"]
