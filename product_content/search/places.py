"""The pages of the shop that a search can lead to, beside guides.

Staff choose among them for words of customers (`SearchGroup.leads_to`). Which address a page has
is looked up when it is shown: a page that a shop does not have is replaced by the next best one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from product_content.kinds import KINDS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

GUIDE_PREFIX = "guide:"  # and a guide's slug: words may lead to a guide as well


@dataclass(frozen=True, slots=True)
class Place:
    """A page: what it is called, what is on it, and the names of its address, the best first.

    A name with a slash is that of an address with one part, as "storefront:shop_page/contact".
    """

    title: _StrOrPromise
    summary: _StrOrPromise
    names: tuple[str, ...]


def _shop_page(slug: str, *instead: str) -> tuple[str, ...]:
    own = (f"shop_page/{slug}", slug.replace("-", "_"), *instead)
    return tuple(f"storefront:{name}" for name in own)


PLACES: dict[str, Place] = {
    "delivery": Place(
        _("Delivery"),
        _("Where we send to, what it costs, how long it takes, and what others see of it."),
        _shop_page("delivery", "rehearsal"),
    ),
    "returns": Place(
        _("Returns and refunds"),
        _("What you can send back, how, and when you get your money."),
        _shop_page("returns", "order_link"),
    ),
    "contact": Place(
        _("Contact"),
        _("How to reach us, and when we answer."),
        _shop_page("contact", "privacy"),
    ),
    "terms": Place(
        _("Terms of sale"), _("What you and we agree to."), _shop_page("terms", "privacy")
    ),
    "about": Place(_("About us"), _("Who we are."), _shop_page("about", "how_we_know")),
    "faq": Place(
        _("Questions and answers"), _("What people often ask."), _shop_page("faq", "guides")
    ),
    "accessibility": Place(
        _("Accessibility"),
        _("How this shop works with a keyboard, a screen reader or large letters."),
        _shop_page("accessibility", "privacy"),
    ),
    "cookies": Place(
        _("Cookies"), _("Which ones we set, and for how long."), _shop_page("cookies", "privacy")
    ),
    "find-my-order": Place(
        _("Find my order"),
        _("Get a link to your order by e-mail."),
        _shop_page("find-my-order", "order_link"),
    ),
    "privacy": Place(
        _("Privacy"),
        _("Which data we keep, for how long, and who sees it."),
        ("storefront:privacy",),
    ),
    "what-others-see": Place(
        _("What others see"),
        _("The parcel, the sender, the bank statement and our e-mails, to try out."),
        ("storefront:rehearsal", "storefront:privacy"),
    ),
    "how-we-know": Place(
        _("How we know"),
        _("Each statement of our guides with its sources."),
        ("storefront:how_we_know",),
    ),
    "account": Place(
        _("Your account"), _("Log in, or make an account."), ("storefront:account",)
    ),
    "basket": Place(_("Basket"), _("What you have chosen so far."), ("storefront:basket",)),
    "sizes": Place(
        _("Size chart"),
        _("Every size at its real width, on the screen or on paper."),
        ("storefront:sizes",),
    ),
    "finder": Place(
        _("Find your size"), _("A few questions that lead to a size."), ("storefront:finder",)
    ),
    "compare": Place(
        _("Compare sets"), _("Two or more sets side by side."), ("storefront:compare",)
    ),
    **{
        kind.slug: Place(kind.name, kind.lead, (f"storefront:{kind.slug}",))
        for kind in KINDS.values()
    },
    "guides": Place(_("Guides"), _("All guides by topic."), ("storefront:guides",)),
    "help": Place(
        _("Find help"),
        _("Organisations, directories and crisis lines by country."),
        ("storefront:help", "storefront:guides"),
    ),
    "letter": Place(
        _("A letter to bring along"),
        _("Written in your browser and printed; nothing is sent."),
        ("storefront:letter", "storefront:guides"),
    ),
}  # fmt: skip


def place_url(key: str) -> str:
    """Return the address of a page of `PLACES` in the active language.

    Raises KeyError for a key that is none.
    """
    for name in PLACES[key].names:
        view, _slash, part = name.partition("/")
        try:
            return reverse(view, args=[part] if part else [])
        except NoReverseMatch:
            continue
    return reverse("storefront:home")
