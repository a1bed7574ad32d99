"""Forms for staff accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldBooleanWidget

from dashboard.models import StaffMember


class _LowerCaseEmail:
    """E-mails are kept in lower case, so that one person has one account."""

    def clean_email(self) -> str:
        """Return the address in lower case; refuse one that is taken in whatever case."""
        email = self.cleaned_data["email"].lower()  # type: ignore[attr-defined]
        others = StaffMember.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if others.filter(email__iexact=email).exists():
            raise ValidationError("There is an account with this e-mail already.")
        return str(email)


class StaffAddForm(_LowerCaseEmail, UserCreationForm):
    """A new member of staff, with a first password."""

    class Meta:
        model = StaffMember
        fields = ("email", "first_name", "last_name")
        field_classes: dict[str, Any] = {}

    def save(self, commit: bool = True) -> StaffMember:
        """Return the account, allowed into /staff/ but without any permission yet."""
        self.instance.is_staff = True
        return super().save(commit=commit)


class StaffChangeForm(_LowerCaseEmail, UserChangeForm):
    """An existing member of staff."""

    forget_second_step = forms.BooleanField(
        label="Set up the second step anew",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="For someone whose phone is lost: their app and recovery codes stop working.",
    )

    class Meta:
        model = StaffMember
        fields = ("email", "first_name", "last_name", "is_active", "is_superuser", "groups")
        field_classes: dict[str, Any] = {}
