"""Customers: only what is needed to answer one. Nothing here says what was bought."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from saleor.order.models import Order
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboard.admin.base import AuditedAdmin, ReadOnlyModelAdmin, format_time
from dashboard.models import AccessKind, Customer
from dashboard.services.personal_data import erase_person, export_person
from dashboard.site import staff_site
from product_content.parsing import EmailAddressField


def with_order_count(customers: QuerySet) -> QuerySet:
    """Add `order_total`, the number of their orders.

    A subquery is worked out for the rows on the page only; a join would count everybody's first.
    """
    own = Order.objects.filter(user=OuterRef("pk")).order_by().values("user")
    counted = own.annotate(total=Count("pk")).values("total")
    return customers.annotate(
        order_total=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


class PersonForm(forms.Form):
    """Whose data it is about; to erase it, the address once more, and why."""

    email = EmailAddressField(
        label="E-mail of the person",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="With an account or without. Be sure that it is theirs: answer to this address.",
    )
    again = EmailAddressField(
        label="To erase: the same address once more",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Cannot be undone. What the books and parcels on their way need stays until its "
        "time is over.",
    )
    reason = forms.CharField(
        label="To erase: how they asked",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Such as “by letter of 3 May”. No name and no address.",
    )

    def __init__(self, data: Any, *, erase: bool, may_erase: bool) -> None:
        super().__init__(data)
        self._erase = erase
        if not may_erase:
            del self.fields["again"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the confirmation where something is to be erased."""
        data = super().clean() or self.cleaned_data
        if self._erase and data.get("again") != data.get("email"):
            self.add_error("again", "This is not the same address.")
        if self._erase and not data.get("reason"):
            self.add_error("reason", "Say how they asked for it.")
        return data


@admin.register(Customer, site=staff_site)
class CustomerAdmin(AuditedAdmin, ReadOnlyModelAdmin):
    """People with an account. Guests have none: their orders carry what is needed."""

    required_permission = "account.manage_users"
    access_kind = AccessKind.CUSTOMER
    list_display = ("email", "joined", "is_active", "order_count")
    list_filter = ("is_active",)
    search_fields = ("email",)
    search_help_text = "E-mail"
    ordering = ("email",)
    actions_list = ("personal_data",)

    @action(description="Personal data", url_path="personal-data", permissions=["view"])
    def personal_data(self, request: HttpRequest) -> HttpResponse:
        """Hand over what is kept of a person as a file, or erase it."""
        may_erase = request.user.has_perm("site.manage_settings")
        erase = may_erase and "erase" in request.POST
        data = request.POST if request.method == "POST" else None
        form = PersonForm(data, erase=erase, may_erase=may_erase)
        if form.is_valid() and not erase:
            return export_person(email=form.cleaned_data["email"], actor=request.user)
        if form.is_valid():
            count = erase_person(actor=request.user, **_without_again(form))
            messages.success(request, f"Erased. Orders that it concerned: {count}.")
            return redirect("admin:dashboard_customer_changelist")
        context = {
            **staff_site.each_context(request),
            "title": "Personal data",
            "opts": self.opts,
            "form": form,
            "may_erase": may_erase,
        }
        return TemplateResponse(request, "dashboard/personal_data.html", context)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Lead to the orders whoever may open them."""
        may_open = request.user.has_perm("order.manage_orders")
        return ("email", "joined", "is_active", "their_orders" if may_open else "order_count")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Customer | None = None
    ) -> tuple[str, ...]:
        """Return all of them."""
        return self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return who is not staff, with the number of their orders."""
        customers = super().get_queryset(request).filter(is_staff=False)
        return with_order_count(customers)

    @display(description="Joined", ordering="date_joined")
    def joined(self, customer: Customer) -> str:
        """Return when the account was made."""
        return format_time(customer.date_joined)

    @display(description="Orders", ordering="order_total")
    def order_count(self, customer: Customer) -> int:
        """Return how many orders the customer has."""
        return int(customer.order_total)

    @display(description="Orders")
    def their_orders(self, customer: Customer) -> SafeString:
        """Return the number of orders, with the way to them; the address names no e-mail."""
        url = reverse("admin:order_order_changelist")
        html = '<a class="underline" href="{}?user__id__exact={}">{}</a>'
        return format_html(html, url, customer.pk, customer.order_total)


def _without_again(form: PersonForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("email", "reason")}
