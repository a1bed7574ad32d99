"""The log-in form of /staff/."""

from __future__ import annotations

from unfold.forms import AuthenticationForm


class StaffLoginForm(AuthenticationForm):
    """E-mail and password; one answer for everything that is wrong."""

    error_messages = {
        "invalid_login": "That e-mail and password do not open the staff pages.",
        "inactive": "That e-mail and password do not open the staff pages.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.input_type = "email"

    def clean_username(self) -> str:
        """Return the address as the shop stores it: lower-case."""
        return str(self.cleaned_data["username"]).lower()
