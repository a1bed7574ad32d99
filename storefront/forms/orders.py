"""Forms about a placed order, and messages to the shop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from plugins.fulfilment.models import MAX_RETURN_MESSAGE, ReturnReason
from plugins.fulfilment.reviews import ReviewedLine, ReviewWords
from plugins.order_emails.customer_messages import MAX_MESSAGE, form_seal, written_by_a_person
from product_content.models.reviews import BEST, MAX_NAME, MAX_TEXT
from product_content.money import format_money
from product_content.parsing import EmailAddressField
from storefront.returns import ReturnableLine, ReturnPage, SizeOffer

_NO_NUMBER = _("Enter the order’s number, such as 1042.")
_NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
_MAX_INTEGER = 2**31 - 1  # of an integer column


class NewLinkForm(forms.Form):
    """An order's number and the e-mail address it was placed with."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=20,
        help_text=_("It stands in the subject of our e-mails and in no other place."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(r"^[#\s]*[0-9]+\s*$", _NO_NUMBER)],
        error_messages={"required": _NO_NUMBER, "max_length": _NO_NUMBER},
    )
    email = EmailAddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )

    def clean_number(self) -> int:
        """Return the number; people write it with a # as well."""
        number = int(self.cleaned_data["number"].strip("# \t"))
        MaxValueValidator(_MAX_INTEGER, _NO_NUMBER)(number)
        return number


_REASONS = (
    (ReturnReason.NONE.value, pgettext_lazy("reason of a return", "I would rather not say")),
    (ReturnReason.CHANGED_MIND.value, _("I do not want it any more")),
    (ReturnReason.OTHER_SIZE.value, _("I need another size")),
    (ReturnReason.DAMAGED.value, _("It is damaged or faulty")),
    (ReturnReason.WRONG.value, _("It is not what I ordered")),
)
_SEALED, _OPENED = "sealed", "opened"
_SEALS = (
    (_SEALED, _("Unopened: every seal is whole")),
    (_OPENED, _("Opened, at least one of them")),
)


class ReturnForm(forms.Form):
    """How many pieces of which line, money or another size, the seals, a reason and a message."""

    sealed = forms.ChoiceField(
        label=_("The hygiene seals"),
        choices=_SEALS,
        widget=forms.RadioSelect(),
        error_messages={"required": _("Please say whether the seals are whole.")},
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=_REASONS, required=False)
    message = forms.CharField(
        label=_("A message to us"),
        required=False,
        max_length=MAX_RETURN_MESSAGE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("You need not tell us anything about your health."),
    )

    def __init__(self, data: Any, *, page: ReturnPage) -> None:
        super().__init__(data)
        self._lines = page.lines
        for line in page.lines:
            self.fields[f"line_{line.id}"] = _pieces_field(line)
            if line.sizes:
                self.fields[f"size_{line.id}"] = _size_field(line)

    @property
    def rows(self) -> list[tuple[ReturnableLine, forms.BoundField, forms.BoundField | None]]:
        """Each line with its field for pieces and, if other sizes are sold, for one of them."""
        return [
            (line, self[f"line_{line.id}"], self[f"size_{line.id}"] if line.sizes else None)
            for line in self._lines
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `announce_return`, but for the order."""
        data = self.cleaned_data
        pieces = {line.id: data.get(f"line_{line.id}") or 0 for line in self._lines}
        sizes = {line.id: data.get(f"size_{line.id}") for line in self._lines}
        chosen = {line_id: size.split(":") for line_id, size in sizes.items() if size}
        return {
            "pieces": {line_id: count for line_id, count in pieces.items() if count},
            "wanted": {line_id: int(variant) for line_id, (variant, _) in chosen.items()},
            "shown": {line_id: Decimal(more) for line_id, (_, more) in chosen.items()},
            "reason": data["reason"],
            "sealed": data["sealed"] == _SEALED,
            "message": data["message"],
        }


def _pieces_field(line: ReturnableLine) -> forms.IntegerField:
    wrong = gettext("Enter a whole number from 0 to %(most)s.") % {"most": line.out}
    return forms.IntegerField(
        label=line.name,
        required=False,
        min_value=0,
        max_value=line.out,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        help_text=gettext("How many come back? You have %(out)s of it.") % {"out": line.out},
        widget=forms.NumberInput(attrs={"min": 0, "max": line.out, "inputmode": "numeric"}),
    )


def _size_field(line: ReturnableLine) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext("In exchange for it"),
        required=False,
        choices=[("", gettext("My money back")), *map(_size_choice, line.sizes)],
        error_messages={"invalid_choice": gettext("Please choose again: its price has changed.")},
    )


def _size_choice(size: SizeOffer) -> tuple[str, str]:
    """Return the choice: its value holds the difference that is shown, so that it is agreed to."""
    text = f"{size.name}, {format_money(size.price)}"
    text = _SOLD_OUT % {"size": text} if not size.left else f"{text}: {_difference(size)}"
    return f"{size.variant_id}:{size.difference.amount}", text


_SOLD_OUT = _("%(size)s (sold out)")


def _difference(size: SizeOffer) -> str:
    more = size.difference
    if more.amount > 0:
        return gettext("you pay %(amount)s more") % {"amount": format_money(more)}
    if more.amount < 0:
        return gettext("you get %(amount)s back") % {"amount": format_money(-1 * more)}
    return gettext("nothing to pay")


def _mark_field(label: Any, hint: Any) -> forms.TypedChoiceField:
    wrong = format_lazy(_("{mark}: choose from 1 to 5."), mark=label)
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=[(mark, str(mark)) for mark in range(1, BEST + 1)],
        coerce=int,
        widget=forms.RadioSelect(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), wrong),
    )


class ReviewForm(forms.Form):
    """What a customer says of one order line: marks, a text, and the name that others see."""

    expected_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    comfort = _mark_field(_("Comfort"), _("How it feels in use: 1 is poor, 5 is very good."))
    size_accuracy = _mark_field(
        _("Accuracy of the size"), _("Does it measure what we say? 1 is not at all, 5 is exactly.")
    )
    discretion = _mark_field(
        _("Discretion of the parcel"), _("Did it tell anything outside? 1 is a lot, 5 is nothing.")
    )
    text = forms.CharField(
        label=_("In your words"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off"}),
        help_text=_("Praise and blame are both of use. You need not tell us about your health."),
        error_messages={"required": _("Write a few words.")},
    )
    name = forms.CharField(
        label=_("A name that others see"),
        required=False,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Not your own. Leave it empty to be “A customer”."),
    )

    def __init__(self, data: Any, *, line: ReviewedLine) -> None:
        review = line.review
        fields = ("comfort", "size_accuracy", "discretion", "text", "name")
        known = {name: getattr(review, name) for name in fields} if review else {}
        version = review.version if review else 0
        super().__init__(data, initial={**known, "expected_version": version})
        if not line.has_size:
            del self.fields["size_accuracy"]

    @property
    def marks(self) -> list[forms.BoundField]:
        """The fields of the marks."""
        names = ("comfort", "size_accuracy", "discretion")
        return [self[name] for name in names if name in self.fields]

    def words(self) -> ReviewWords:
        """Return what was said as `write_review` takes it."""
        data = self.cleaned_data
        return ReviewWords(
            name=" ".join(data["name"].split()),
            comfort=data["comfort"],
            size_accuracy=data.get("size_accuracy"),
            discretion=data["discretion"],
            text=data["text"].replace("\r\n", "\n"),
        )

    def refuse(self, reason: str, field: str, line: ReviewedLine | None) -> None:
        """Keep what was typed, say what is wrong, and expect the version that is there now."""
        self.add_error(field or None, reason)
        version = line.review.version if line and line.review else 0
        self.data = {**dict(self.data.items()), "expected_version": str(version)}


TOO_OFTEN = _("You wrote several messages just now. Please wait a quarter of an hour.")
_NO_MESSAGE = _("Write your message.")
_AGAIN = _("Please look at your message once more, and send it again. Nothing was lost.")


class MessageForm(forms.Form):
    """A message to the shop. People do not see `website`: a program fills it in."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off"}),
        help_text=_("You need not tell us anything about your health."),
        error_messages={"required": _NO_MESSAGE},
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    seal = forms.CharField(required=False, widget=forms.HiddenInput())

    is_trapped = False

    @property
    def new_seal(self) -> str:
        """What the form is to carry when it is shown (again)."""
        return form_seal()

    def clean(self) -> dict[str, Any]:
        """Refuse a form that was not seen by anybody, with words for whoever did see it."""
        data = super().clean() or self.cleaned_data
        decision = written_by_a_person(seal=data.get("seal", ""), trap=data.get("website", ""))
        self.is_trapped = decision.reason == "trap"
        if not decision.allowed and not self.is_trapped:
            raise forms.ValidationError(_AGAIN)
        return data

    def message(self) -> dict[str, str]:
        """Return the message as `store_message` takes it."""
        return {"text": self.cleaned_data["text"]}


class ContactForm(MessageForm):
    """A message, and where the answer goes."""

    email = EmailAddressField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("For our answer, and for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _NO_ADDRESS, "invalid": _NO_ADDRESS},
    )
    field_order = ("email", "text")

    def message(self) -> dict[str, str]:
        """Return the message and the address as `store_message` takes them."""
        return {**super().message(), "email": self.cleaned_data["email"]}
