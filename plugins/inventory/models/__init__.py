"""The stock ledger, and what people have posted, want to be told of, or wait for."""

from plugins.inventory.models.checks import LedgerCheck
from plugins.inventory.models.ledger import Measure, StockEntry
from plugins.inventory.models.notices import ReorderPoint, StockWish
from plugins.inventory.models.postings import StockPosting

__all__ = ["LedgerCheck", "Measure", "ReorderPoint", "StockEntry", "StockPosting", "StockWish"]
