"""Loading the catalogue files into the shop.

files → `located` (YAML that knows its lines) → `entries` (checked fields) → `sets`, `places`,
`articles` (items) → `links` (what spans items) → `merge` through `stores` (the database).
"""

from product_content.services.catalogue.load import load_catalogue
from product_content.services.catalogue.problems import CatalogueRefused, Problem
from product_content.services.catalogue.report import Change, Report

__all__ = ["CatalogueRefused", "Change", "Problem", "Report", "load_catalogue"]
