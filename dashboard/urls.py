"""Addresses under /staff/."""

from django.urls import path

from dashboard.site import staff_site

urlpatterns = [path("", staff_site.urls)]
