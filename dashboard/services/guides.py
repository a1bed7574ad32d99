"""Showing guides to customers and taking them back."""

from __future__ import annotations

from django.db import transaction

from dashboard.errors import PublishRefused
from product_content.models import Guide
from product_content.policies import may_publish_guide


@transaction.atomic
def publish_guide(*, guide_id: int) -> None:
    """Show the guide to customers. Raises PublishRefused."""
    guide = Guide.objects.select_for_update().get(pk=guide_id)
    allowed, reason = may_publish_guide(cited=guide.cited_ids, sources=guide.source_ids)
    if not allowed:
        raise PublishRefused(f"“{guide}” stays a draft: {reason}.")
    Guide.objects.filter(pk=guide_id).update(is_published=True)


def take_back_guide(*, guide_id: int) -> None:
    """Hide the guide from customers; what is linked to it stays so."""
    Guide.objects.filter(pk=guide_id).update(is_published=False)
