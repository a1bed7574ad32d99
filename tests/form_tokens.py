"""The one-time tokens in pages, which differ each time."""

import re

_TOKEN = re.compile(r'(name="(?:form_token|seal)"\s+value=")[^"]+')


def without_tokens(response):
    """Return the page's bytes with every token left out."""
    return text_without_tokens(response.content.decode()).encode()


def text_without_tokens(text):
    """Return the page's text with every token left out."""
    return _TOKEN.sub(r"\1", text)
