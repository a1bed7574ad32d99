"""The addresses of every public page, and how a test reads one."""

import re

from product_content.pages import PAGES
from storefront.page_cache import pages

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SET = "/sets/starter-set/"
PUBLIC = {  # by the names of their addresses: every public page, with parameters that it knows
    "home": ["/"],
    "privacy": ["/privacy/"],
    "health_data": ["/privacy/health-data/"],
    "compare": ["/sets/compare/", "/sets/compare/?set=starter-set&set=full-range"],
    "sets": [
        "/sets/",
        "/sets/?page=2",
        "/sets/?size=2",
        "/sets/?size=9&from_mm=38&magnetic=yes&in_stock=on",
    ],
    "set": [SET, f"{SET}?option=1"],
    "singles": ["/singles/"],
    "single": ["/singles/smooth-single/"],
    "care": ["/care/"],
    "care_product": ["/care/water-based-lubricant/"],
    "sizes": ["/sizes/"],
    "finder": ["/finder/"],
    "guides": ["/guides/"],
    "guide": ["/guides/first-session/"],
    "how_we_know": ["/how-we-know/"],
    "help": ["/help/"],
    "help_country": ["/help/gb/"],
    "letter": ["/letter/"],
    "plan": ["/plan/"],
    "sitemap": ["/sitemap.xml"],
    "sitemap_section": ["/sitemap/products.xml"],
    "new_list": ["/list/"],
    "gift_cards": ["/gift-cards/"],
    "guide_feed": ["/guides/feed.atom"],
    "news": ["/news/"],
    "news_feed": ["/news/feed.atom"],
    "news_item": [],  # there is none without an item: see test_news.py
    "contact_sent": ["/contact/sent/"],
    **{slug: [f"/{slug}/"] for slug in PAGES if slug != "contact"},
}
ENGLISH = [path for paths in PUBLIC.values() for path in paths]
EVERY = [*ENGLISH, *(f"/es{path}" for path in ENGLISH)]


def kept():
    """Return how many pages are kept."""
    return len(pages().plain) + len(pages().asked)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())
