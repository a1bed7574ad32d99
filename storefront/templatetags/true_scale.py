"""Tags that draw in real millimetres."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from product_content.types import SizeInfo
from storefront import true_scale

register = template.Library()


@register.simple_tag
def disc(size: SizeInfo) -> SafeString:
    """Draw how wide a size is."""
    return true_scale.circle(size.diameter_mm)


@register.simple_tag
def bank_card(upright: bool) -> SafeString:
    """Draw the outline of a bank card."""
    return true_scale.card(upright=upright)


@register.simple_tag
def ruler(length_mm: int) -> SafeString:
    """Draw a ruler."""
    return true_scale.ruler(length_mm)
