"""Forms of the discretion pages. The rules are the plugin's own."""

from __future__ import annotations

from typing import Any

from django import forms
from saleor.plugins.models import PluginConfiguration
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from plugins.discreet_shipping.configuration import (
    ConfigurationProblems,
    as_values,
    default_fields,
    read_settings,
    structure,
)

_LINES = ("sender_names", "return_address")


def _field(name: str, texts: dict[str, str]) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget({"rows": 4}) if name in _LINES else None
    label = texts["label"].split(": ")[-1].capitalize()
    return forms.CharField(
        label=label,
        help_text=texts["help_text"],
        required=False,
        widget=widget or UnfoldAdminTextInputWidget(),
    )


class _SettingsForm(forms.ModelForm):
    """Shows the stored fields; what is wrong with one is said beside it."""

    class Meta:
        model = PluginConfiguration
        fields = ("active",)
        labels = {"active": "Offer these choices to customers"}
        widgets = {"active": UnfoldBooleanSwitchWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {**default_fields(), **as_values(self.instance.configuration or [])}
        for name, value in stored.items():
            self.initial[name] = value

    def clean(self) -> dict[str, Any]:
        """Check all fields together, by the plugin's own rules."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            read_settings(self.values(), active=True)
        except ConfigurationProblems as wrong:
            for name, text in wrong.problems.items():
                self.add_error(name, text)
        return cleaned

    def values(self) -> dict[str, str]:
        """Return the fields as the plugin stores them."""
        return {name: self.cleaned_data.get(name, "") for name in default_fields()}


SettingsForm: Any = type(
    "SettingsForm",
    (_SettingsForm,),
    {name: _field(name, texts) for name, texts in structure().items()},
)


class ImportForm(forms.Form):
    """A CSV file and what is in it."""

    what = forms.ChoiceField(
        label="What is in the file",
        choices=[("points", "Collection points"), ("postcodes", "Where postcodes are")],
        widget=UnfoldAdminSelectWidget(),
    )
    file = forms.FileField(label="CSV file in UTF-8", widget=UnfoldAdminFileFieldWidget())
    replace = forms.BooleanField(
        label="Switch off the points that are not in the file",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )
