"""Addresses of the shop. Saleor's own urls and GraphQL are never included (docs/adr/0001)."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path

urlpatterns = [
    path("staff/", include("dashboard.urls")),
    path("stripe/", include("plugins.stripe_payments.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    # English stays at /, Spanish is at /es/ (docs/adr/0012)
    *i18n_patterns(path("", include("storefront.urls")), prefix_default_language=False),
]
