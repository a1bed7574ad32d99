"""Pages as a browser reads them, so that tests do not depend on how templates are laid out."""

import re

KEPT = re.compile(
    r"(<(?:pre|textarea|script|style)\b.*?</(?:pre|textarea|script|style)>)", re.DOTALL
)
# At the edges of these, and of what is inside them, white space does not show.
_EDGED = (
    "a|address|article|aside|button|caption|dd|details|div|dl|dt|fieldset|footer|form|h[1-6]|head|header"
    "|label|legend|li|main|nav|ol|option|p|section|select|summary|table|tbody|td|th|thead|title|tr|ul"
)
AFTER_OPENING = re.compile(rf"(<(?:{_EDGED})\b[^<>]*>) ")
BEFORE_CLOSING = re.compile(rf" (</(?:{_EDGED})>)")
BEFORE_END_OF_TAG = re.compile(r"(<[a-z][^<>]*?) (?=>)")


def collapse(html):
    """Return the page with each run of white space as one space, and none where none shows."""
    parts = KEPT.split(html)
    parts[::2] = map(_collapsed, parts[::2])
    return "".join(parts)


def _collapsed(html):
    html = " ".join(f"|{html}|".split())[1:-1]  # three times as quick as a pattern
    for pattern in (BEFORE_END_OF_TAG, AFTER_OPENING, BEFORE_CLOSING):
        html = pattern.sub(r"\1", html)
    return html


def as_browsers_read(get_response):
    """Middleware: collapse the white space of HTML pages; compressed ones stay as they are."""

    def middleware(request):
        response = get_response(request)
        is_html = response.get("Content-Type", "").startswith("text/html")
        if is_html and not response.streaming and not response.has_header("Content-Encoding"):
            response.content = collapse(response.content.decode())
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response

    return middleware
