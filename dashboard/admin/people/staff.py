"""Staff and their permission groups. Nobody can grant more than they have themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanWidget

from dashboard.admin.base import SaleorModelAdmin, format_time
from dashboard.models import StaffMember
from dashboard.policies import may_manage_staff
from dashboard.services.staff import (
    SUPERUSER_MARK,
    WITH_APP,
    grantable_groups,
    grantable_permissions,
    permissions_of,
    permissions_of_group,
    reset_second_factor,
)
from dashboard.site import staff_site
from product_content.parsing import normal_email

_ROLES_HELP = "What each of them may do stands under Groups. Without a role nothing is shown."


class _NormalEmail:
    """E-mails are stored in one form, so that one person has one account."""

    def clean_email(self) -> str:
        """Return the address in its one form; refuse one that is taken, however it is written."""
        email = normal_email(self.cleaned_data["email"])  # type: ignore[attr-defined]
        others = StaffMember.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if others.filter(email__iexact=email).exists():
            raise ValidationError("There is an account with this e-mail already.")
        return str(email)


class StaffAddForm(_NormalEmail, UserCreationForm):
    """A new member of staff, with a first password."""

    class Meta:
        model = StaffMember
        fields = ("email", "first_name", "last_name", "groups")
        field_classes: dict[str, Any] = {}
        labels = {"groups": "Roles"}
        help_texts = {"groups": _ROLES_HELP}

    def save(self, commit: bool = True) -> StaffMember:
        """Return the account, allowed into /staff/; its roles say what it may do there."""
        self.instance.is_staff = True
        return super().save(commit=commit)


class StaffChangeForm(_NormalEmail, UserChangeForm):
    """An existing member of staff."""

    reset_second_factor = forms.BooleanField(
        label="Reset the second factor",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="For someone whose phone is lost: their app and recovery codes stop working.",
    )

    class Meta:
        model = StaffMember
        fields = ("email", "first_name", "last_name", "is_active", "is_superuser", "groups")
        field_classes: dict[str, Any] = {}
        labels = {
            "is_active": "May log in",
            "is_superuser": "May do everything",
            "groups": "Roles",
        }
        help_texts = {
            "is_active": "Take it away from people who leave.",
            "is_superuser": "Whatever the roles are: for owners.",
            "groups": _ROLES_HELP,
        }


PERMISSION = "account.manage_staff"


@admin.register(StaffMember, site=staff_site)
class StaffAdmin(SaleorModelAdmin, UserAdmin):
    """Who can enter /staff/. People who leave are deactivated, not deleted: the stock's and the
    orders' history names them.
    """

    required_permission = PERMISSION
    form = StaffChangeForm
    add_form = StaffAddForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "full_name", "roles", "is_active", "has_app", "last_seen")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_seen", "has_app", "password_page")
    unlogged_fields = ("email", "first_name", "last_name", "password")
    add_fieldsets = (
        (None, {"fields": ("email", ("first_name", "last_name"), ("password1", "password2"))}),
        ("What they may do", {"fields": ("groups",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffMember]:
        """Return the staff with their groups."""
        return (
            super()
            .get_queryset(request)
            .filter(is_staff=True)
            .prefetch_related("groups")
            .annotate(app=WITH_APP)
        )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Only a superuser can change who is one."""
        if obj is None:
            return self.add_fieldsets
        superuser = SUPERUSER_MARK in permissions_of(request.user)
        access = ("is_active", "is_superuser") if superuser else ("is_active",)
        return (
            (
                None,
                {"fields": ("email", ("first_name", "last_name"), "password_page", "last_seen")},
            ),
            ("What they may do", {"fields": (access, "groups")}),
            ("Log-in", {"fields": ("has_app", "reset_second_factor")}),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and reset the second factor if the box is ticked."""
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("reset_second_factor"):
            reset_second_factor(user=obj)

        if obj.pk == request.user.pk:  # a new e-mail address ends all sessions but this one
            update_session_auth_hash(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the new groups before the others are taken away.

        Whoever is left without any permission is logged out at once (saleor_config.accounts).
        """
        form.instance.groups.add(*form.cleaned_data.get("groups", ()))
        super().save_related(request, form, formsets, change)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may change this account: not if it has more permissions."""
        if not super().has_change_permission(request, obj):
            return False
        return not isinstance(obj, StaffMember) or _may_manage(request, permissions_of(obj))

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Offer only groups that the person may grant."""
        kwargs["queryset"] = grantable_groups(request.user)
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description="Name")
    def full_name(self, member: StaffMember) -> str:
        """Return the name, without asking for an address as Saleor would."""
        return f"{member.first_name} {member.last_name}".strip() or "-"

    @display(description="Password")
    def password_page(self, member: StaffMember) -> SafeString:
        """Return the way to another password; the one there is cannot be shown."""
        page = reverse("admin:auth_user_password_change", args=[member.pk])
        return format_html('<a class="underline" href="{}">Set another password</a>', page)

    @display(description="Last log-in", ordering="last_login")
    def last_seen(self, member: StaffMember) -> str:
        """Return when they last logged in."""
        return format_time(member.last_login)

    @display(description="Second factor", label={"Set up": "success", "Not yet": "warning"})
    def has_app(self, member: StaffMember) -> str:
        """Return whether an authenticator app is set up."""
        return "Set up" if member.app else "Not yet"

    @display(description="Groups")
    def roles(self, member: StaffMember) -> str:
        """Return the groups, or that a superuser has no limits."""
        if member.is_superuser:
            return "Superuser"
        return ", ".join(group.name for group in member.groups.all()) or "-"


@admin.register(Group, site=staff_site)
class GroupAdmin(SaleorModelAdmin):
    """Saleor's permissions, grouped by role."""

    required_permission = PERMISSION
    list_display = ("name", "allows")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "permissions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Return the groups with their permissions."""
        return super().get_queryset(request).prefetch_related("permissions")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may change this group: not if it allows more than they may."""
        if not super().has_change_permission(request, obj):
            return False
        return not isinstance(obj, Group) or _may_manage(request, permissions_of_group(obj))

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Offer only permissions that the person has, by their names."""
        kwargs["queryset"] = grantable_permissions(request.user)
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = lambda permission: permission.name.rstrip(".")
        return field

    @display(description="Allows")
    def allows(self, group: Group) -> str:
        """Return the permissions by their names."""
        names = (permission.name.rstrip(".") for permission in group.permissions.all())
        return ", ".join(sorted(names)) or "-"


def _may_manage(request: HttpRequest, other: set[str]) -> bool:
    allowed, _reason = may_manage_staff(manager=permissions_of(request.user), other=other)
    return allowed
