"""Reading what pages show, as their customer reads it."""

import re
from decimal import Decimal

_TAGS = re.compile(r"<[^>]+>")


def words(response):
    """Return the words of a page with single spaces."""
    return " ".join(_TAGS.sub(" ", response.content.decode()).split())


def sums(response):
    """Return the rows of a page's summary: label → amount in pounds, or its words."""
    block = re.search(r'<dl class="sums">(.*?)</dl>', response.content.decode(), re.DOTALL)[1]
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", block, re.DOTALL)
    return {" ".join(_TAGS.sub(" ", label).split()): _amount(text) for label, text in rows}


def _amount(text):
    text = " ".join(_TAGS.sub(" ", text).split())
    found = re.fullmatch(r"(−?)£([\d,]+\.\d\d)", text)
    return Decimal(found[1].replace("−", "-") + found[2].replace(",", "")) if found else text


def line_form(client):
    """Return the address of the form of the basket's first line."""
    page = client.get("/basket/").content.decode()
    return re.search(r'action="(/basket/lines/\d+/)"', page)[1]
