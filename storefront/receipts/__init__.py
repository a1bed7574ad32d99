"""A receipt as a PDF, laid out with fpdf2."""

from storefront.receipts.drawing import receipt_pdf

__all__ = ["receipt_pdf"]
