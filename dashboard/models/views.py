"""Filters of a staff list that somebody gave a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """`query` is the query string of the list `list_name` ("order.order"), its keys in order.

    Only filters and the order of rows are kept, on lists of people's data never what was searched
    for: a search names somebody.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "pk")
        default_permissions = ()  # whoever may open the list may keep views of it
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "list_name", "name"), name="one_view_per_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
