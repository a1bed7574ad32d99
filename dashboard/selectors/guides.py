"""Guides as staff list them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from product_content.models import Guide
from product_content.policies import REVIEW_EVERY


def guides_due_for_review() -> QuerySet[Guide]:
    """Return the published guides that a clinician never reviewed, or not for too long.

    The same rule as `is_review_due`; drafts are left out, since nobody reads them yet.
    """
    last_good_day = timezone.localdate() - REVIEW_EVERY
    never_or_long_ago = Q(reviewed_on__isnull=True) | Q(reviewed_on__lte=last_good_day)
    return Guide.objects.filter(never_or_long_ago, is_published=True)
