"""Addresses of the shop. Saleor's own urls and GraphQL are never included (docs/adr/0001)."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path

urlpatterns = [
    path("staff/", include("dashboard.urls")),
    path("stripe/", include("plugins.stripe_payments.urls")),
    path("pay/local/", include("plugins.local_payments.urls")),
    path("", include("storefront.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
