"""Writing what is sold and explained."""

from product_content.services.catalogue import CatalogueRefused, Report, load_catalogue

__all__ = ["CatalogueRefused", "Report", "load_catalogue"]
