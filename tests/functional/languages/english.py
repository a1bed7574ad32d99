"""English texts that must not stand on a Spanish page: every marked one that has a translation."""

from functools import cache

from saleor_config.translations import po_files, read

_SHORTEST = 12  # letters; "Total", "No" and the like are the same in both, or parts of other words
_ON_LABELS = {"United Kingdom"}  # a label names its country for carriers, on every page


@cache
def english_texts():
    """Return the marked texts that are whole by themselves, without placeholders and tags."""
    return tuple(
        message.id
        for path in po_files()
        for message in read(path)
        if isinstance(message.id, str)
        and len(message.id) >= _SHORTEST
        and not set(message.id) & set("%<{\n")
        and message.id != message.string
        and message.id not in _ON_LABELS
    )


def english_on(text):
    """Return the English texts that stand in `text`."""
    return [each for each in english_texts() if each in text]
