"""What `load_catalogue` last wrote, so that it can tell staff's edits from its own."""

from __future__ import annotations

from django.db import models


class CatalogueRecord(models.Model):
    """The fingerprint of each field of one object, as the catalogue files last set it.

    `object_id` is the row's primary key, so that the object is still known when staff rename it.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    object_id = models.CharField(max_length=40)
    fingerprints = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="catalogue_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
